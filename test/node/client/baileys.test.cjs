'use strict';

// The adapter for Baileys, with Baileys itself and its own wrapper around the keys.

const assert = require('node:assert/strict');
const { after, afterEach, before, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { baileysAuthState, createRepository } = require('../../../clients/node/src/index.js');
const { startSupabase, tokens } = require('../harness.cjs');

let supabase, repository, baileys;
before(async () => {
  baileys = await import(pathToFileURL(require.resolve('@whiskeysockets/baileys')));
  supabase = await startSupabase();
  repository = createRepository({ url: supabase.gateway.url, key: tokens.service_role });
});
after(() => supabase?.stop());
afterEach(async () => {
  supabase.gateway.fault = null;
  await supabase.sql('delete from public.bot_sessions');
});
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, []));

const plain = (value) => JSON.parse(JSON.stringify(value));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const logger = { level: 'silent', child: () => logger, ...Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}])) };
const rows = () => supabase.sql('select kind, key, value from public.bot_session_data order by 1, 2');

async function open(session_id = 'a', options) {
  const { fence } = await repository.create({ session_id, worker: 'w1', ttl: 3_600_000 });
  const store = repository.store(session_id, { fence, ...options });
  return { fence, store, ...(await baileysAuthState(store, baileys)) };
}

/** How often each function is called from now on. */
function count() {
  const calls = {};
  supabase.gateway.fault = (request, response, forward) => {
    const name = request.url.replace(/.*\/|\?.*/g, '');
    calls[name] = (calls[name] ?? 0) + 1;
    forward();
  };
  return calls;
}

test('credentials and every kind of key come back as they were, bytes as bytes', async () => {
  const { state, saveCreds, fence } = await open();
  state.creds.me = { id: '1@s.whatsapp.net', name: 'ü✨' };
  const bytes = Buffer.from([0, 1, 255]);
  const keyPair = { public: bytes, private: bytes };
  const keys = {
    'pre-key': { 1: keyPair },
    session: { '1_1.0': bytes, 'a/b:c@d=_': bytes },
    'sender-key-memory': { '1@g.us': { '2:1@s.whatsapp.net': true } },
    'app-state-sync-key': { AAAA: { keyData: bytes, timestamp: 7 } },
    'lid-mapping': { 1: '2', '2_reverse': '1' },
    tctoken: { __index: { token: Buffer.from('[]') } },
    'kind-of-tomorrow': { __proto__x: [1, 2] },
  };
  await Promise.all([state.keys.set(keys), saveCreds()]);
  const again = await baileysAuthState(repository.store('a', { fence }), baileys);
  const given = Object.entries(state.creds).filter(([, value]) => value !== undefined);
  assert.deepEqual(again.state.creds, Object.fromEntries(given));
  assert.ok(Buffer.isBuffer(again.state.creds.noiseKey.private));
  for (const [kind, values] of Object.entries(keys)) {
    const got = await again.state.keys.get(kind, [...Object.keys(values), 'missing']);
    assert.deepEqual(plain({ ...got }), plain(kind === 'app-state-sync-key' ? { AAAA: baileys.proto.Message.AppStateSyncKeyData.fromObject(values.AAAA) } : values), kind);
  }
  assert.ok((await again.state.keys.get('app-state-sync-key', ['AAAA'])).AAAA instanceof baileys.proto.Message.AppStateSyncKeyData);
  await again.state.keys.set({ 'pre-key': { 1: null }, session: { '1_1.0': undefined } });
  assert.deepEqual(Object.keys(await again.state.keys.get('pre-key', [1])), []);
  await again.state.keys.clear();
  assert.deepEqual((await rows()).map(({ kind }) => kind), ['creds']);
});

test('a database that is away makes no new credentials', async () => {
  const { fence, saveCreds } = await open();
  await saveCreds();
  const before = await rows();
  supabase.gateway.fault = (request, response) => response.writeHead(503).end();
  assert.equal((await failure(baileysAuthState(repository.store('a', { fence }), baileys))).transient, true);
  supabase.gateway.fault = null;
  assert.deepEqual(await rows(), before);
});

test('what is stored and is not JSON is an error that does not show it', async () => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  await repository.save('a', { creds: { creds: 'SECRET' }, session: { a: 'SECRET' } }, { fence });
  const error = await failure(baileysAuthState(repository.store('a', { fence }), baileys));
  assert.ok(!error.stack.includes('SECRET') && error.cause === undefined, error.stack);
});

test('credentials and keys of one turn are one request, as they were when they were saved', async () => {
  const { state, saveCreds } = await open();
  const calls = count();
  state.creds.nextPreKeyId = 1;
  const saving = [saveCreds(), state.keys.set({ session: { a: Buffer.from('1') } }), state.keys.set({ 'pre-key': { 1: null, 2: { public: Buffer.from('2') } } })];
  state.creds.nextPreKeyId = 2;
  await Promise.all(saving);
  assert.deepEqual(calls, { bot_session_save_many: 1 });
  const [{ value }] = await rows();
  assert.equal(JSON.parse(value).nextPreKeyId, 1);
});

test('100 transactions of Baileys at once, keys known: at most 5 requests', async () => {
  const { state } = await open();
  const ids = Array.from({ length: 100 }, (_, i) => `${i}.0`);
  await state.keys.set({ session: Object.fromEntries(ids.map((id) => [id, Buffer.from('old')])) });
  const keys = baileys.addTransactionCapability(state.keys, logger, { maxCommitRetries: 10, delayBetweenTriesMs: 3000 });
  const calls = count();
  await Promise.all(ids.map((id) => keys.transaction(async () => {
    assert.deepEqual((await keys.get('session', [id]))[id], Buffer.from('old'));
    await keys.set({ session: { [id]: Buffer.from(`new ${id}`) } });
  }, id)));
  assert.ok(Object.values(calls).reduce((a, b) => a + b, 0) <= 5, JSON.stringify(calls));
  assert.equal((await rows()).filter(({ value }) => Buffer.from(JSON.parse(value).data, 'base64').toString().startsWith('new')).length, 100);
});

test('once the store is lost nothing settles, nothing is sent, and no rejection is left unhandled', async () => {
  const lost = [];
  const { state, saveCreds, fence, store } = await open('a', { onLost: (error) => lost.push(error.code) });
  await saveCreds();
  await repository.release({ a: fence });
  await repository.claim('w2');
  const before = await rows();
  const settled = [];
  const watched = (promise) => void promise.finally(() => settled.push(promise)).catch(() => {});
  state.creds.nextPreKeyId = 77;
  watched(saveCreds());
  await store.flush();
  const calls = count();
  for (const call of [saveCreds, () => state.keys.set({ session: { a: Buffer.from('x') } }), () => state.keys.get('session', ['a']), () => state.keys.clear()]) watched(call());
  for (let i = 0; i < 20; i++) await turn();
  assert.deepEqual([settled, lost, calls], [[], ['PT409'], {}]);
  assert.deepEqual(await rows(), before);
  assert.equal((await failure(baileysAuthState(store, baileys))).conflict, true);
});

test('a save that is refused for good rejects, and is not unhandled where nobody looks', async () => {
  const errors = [];
  const { state } = await open('a', { onError: (error) => errors.push(error.code) });
  void state.keys.set({ session: { ['x'.repeat(600)]: Buffer.from('1') } });
  assert.equal((await failure(state.keys.set({ session: { ['y'.repeat(600)]: Buffer.from('1') } }))).code, '22023');
  await turn();
  assert.deepEqual(errors, ['22023', '22023']);
});

test('the module as import * as, as the default of it, or a TypeError that says how to import', async () => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  const store = repository.store('a', { fence });
  const { BufferJSON, initAuthCreds, proto } = baileys;
  for (const module of [{ default: { BufferJSON, initAuthCreds, proto } }, { BufferJSON, initAuthCreds, default: { proto } }]) {
    assert.ok((await baileysAuthState(store, module)).state.creds.noiseKey);
  }
  for (const module of [undefined, {}, baileys.default]) {
    await assert.rejects(baileysAuthState(store, module), { name: 'TypeError', message: /import \* as baileys/ });
  }
});
