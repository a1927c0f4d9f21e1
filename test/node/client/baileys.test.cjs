'use strict';

// The adapter for Baileys, with Baileys itself and its own wrapper around the keys.

const assert = require('node:assert/strict');
const { mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { baileysAuthState, createRepository, importMultiFileAuthState } = require('../../../clients/node/src/index.js');
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

/** A folder as Baileys itself writes it, with keys of every kind and of a kind of tomorrow. */
async function writeFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'botsession-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { state, saveCreds } = await baileys.useMultiFileAuthState(folder);
  state.creds.me = { id: '1:2@s.whatsapp.net', name: 'ü✨' };
  await saveCreds();
  const bytes = Buffer.from([0, 1, 255]);
  const keys = {
    'pre-key': Object.fromEntries(Array.from({ length: 812 }, (_, i) => [i + 1, { public: bytes, private: bytes }])),
    session: { '15550001.0': bytes, '15550001_1.99': bytes },
    'sender-key': { '120363@g.us::15550001::0': bytes, '15550001-1600@g.us::15550002_1::12': bytes, 'status@broadcast::1::0': bytes },
    'sender-key-memory': { '120363@g.us': { '15550001:2@s.whatsapp.net': true }, '15550001-1600@g.us': {} },
    'app-state-sync-key': { 'AAAAAF/x': { keyData: bytes, timestamp: 7 }, 'AA//+w==': { keyData: bytes } },
    'app-state-sync-version': { critical_block: { version: 1, hash: bytes, indexValueMap: {} }, regular_low: { version: 2 } },
    'lid-mapping': { 15550001: '99', '99_reverse': '15550001' },
    'device-list': { 15550001: ['0', '12'] },
    tctoken: { __index: { token: Buffer.from('["1@lid"]') }, '15550001@s.whatsapp.net': { token: bytes } },
    'identity-key': { '15550001.0': bytes },
    tomorrow: { '1@lid': { a: bytes } },
  };
  await state.keys.set(keys);
  return { folder, keys, creds: state.creds };
}

test('a folder of Baileys is copied: credentials, every kind of key, also one of tomorrow; once', async (t) => {
  const { folder, keys, creds } = await writeFolder(t);
  const files = readdirSync(folder).length;
  writeFileSync(join(folder, '.DS_Store'), 'of something else');
  writeFileSync(join(folder, 'notes.json'), '{}');
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  assert.equal(await importMultiFileAuthState(repository.store('a', { fence }), baileys, folder), files);
  const stored = await rows();
  assert.equal(stored.length, files);
  const { state } = await baileysAuthState(repository.store('a', { fence }), baileys);
  assert.deepEqual(plain(state.creds), plain(creds));
  const folderState = (await baileys.useMultiFileAuthState(folder)).state;
  for (const [kind, values] of Object.entries(keys)) {
    const ids = Object.keys(values);
    const got = await state.keys.get(kind, ids);
    assert.deepEqual({ ...got }, await folderState.keys.get(kind, ids), kind);
    assert.deepEqual(stored.filter((row) => row.kind === kind).map(({ key }) => key).sort(), ids.sort(), kind);
  }
  assert.ok((await state.keys.get('app-state-sync-key', ['AAAAAF/x']))['AAAAAF/x'] instanceof baileys.proto.Message.AppStateSyncKeyData);

  state.creds.nextPreKeyId = 900;
  await (await baileysAuthState(repository.store('a', { fence }), baileys)).saveCreds();
  const before = await rows();
  assert.equal(await importMultiFileAuthState(repository.store('a', { fence }), baileys, folder), 0, 'there is a login');
  assert.deepEqual(await rows(), before);
});

test('an import that was interrupted left no login, and begins anew', async (t) => {
  const { folder } = await writeFolder(t);
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  writeFileSync(join(folder, 'session-15550001.0.json'), '');
  const error = await failure(importMultiFileAuthState(repository.store('a', { fence }), baileys, folder));
  assert.match(error.message, /^session-15550001.0.json in .* is not JSON$/);
  rmSync(join(folder, 'session-15550001.0.json'));
  assert.equal((await rows()).some(({ kind }) => kind === 'creds'), false);
  supabase.gateway.fault = (request, response) => response.writeHead(503).end();
  assert.equal((await failure(importMultiFileAuthState(repository.store('a', { fence }), baileys, folder))).transient, true);
  supabase.gateway.fault = null;
  assert.equal(await importMultiFileAuthState(repository.store('a', { fence }), baileys, folder), (await rows()).length);
});

test('what is no folder of Baileys is not imported', async (t) => {
  const { folder } = await writeFolder(t);
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  const store = repository.store('a', { fence });
  rmSync(join(folder, 'creds.json'));
  assert.match((await failure(importMultiFileAuthState(store, baileys, folder))).message, /no creds.json/);
  assert.equal((await failure(importMultiFileAuthState(store, baileys, join(folder, 'nowhere')))).code, 'ENOENT');
  assert.deepEqual(await rows(), []);
});

test('the answer to a save comes late, after others were made: the newest credentials win', async () => {
  const impatient = createRepository({ url: supabase.gateway.url, key: tokens.service_role, timeout: 300 });
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
  const { state, saveCreds } = await baileysAuthState(impatient.store('a', { fence, retryDelay: 10 }), baileys);
  let release;
  const late = new Promise((resolve) => (release = resolve));
  let saves = 0;
  supabase.gateway.fault = (request, response, forward) => {
    if (++saves > 1) return forward();
    const { end, write, writeHead } = response;
    for (const [name, method] of Object.entries({ end, write, writeHead })) {
      response[name] = (...args) => (late.then(() => method.apply(response, args)), response);
    }
    forward();
  };
  const saving = [];
  for (let i = 1; i <= 5; i++) {
    state.creds.nextPreKeyId = i;
    saving.push(saveCreds());
    await turn();
  }
  await Promise.all(saving);
  release();
  const again = await baileysAuthState(repository.store('a', { fence }), baileys);
  assert.deepEqual([again.state.creds.nextPreKeyId, saves > 1], [5, true]);
});

test('in Baileys\' own transaction: after an outage the save is written, once the store is lost it stands still', async () => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
  const { state } = await baileysAuthState(repository.store('a', { fence, retryDelay: 10 }), baileys);
  const keys = baileys.addTransactionCapability(state.keys, logger, { maxCommitRetries: 10, delayBetweenTriesMs: 1 });
  const change = (value) => keys.transaction(async () => {
    await keys.get('session', ['a']);
    await keys.set({ session: { a: Buffer.from(value) } });
  }, 'a');
  await change('1');
  let refused = 0;
  supabase.gateway.fault = (request, response, forward) => (++refused > 5 ? forward() : response.writeHead(503).end());
  await change('2');
  assert.deepEqual((await state.keys.get('session', ['a'])).a, Buffer.from('2'));
  await repository.create({ session_id: 'a', worker: 'w1' });
  const before = await rows();
  const calls = count();
  let settled = false;
  void change('3').finally(() => (settled = true)).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual([settled, calls, await rows()], [false, { bot_session_save_many: 1 }, before]);
});

test('an outage of 3 s under 250 transactions of Baileys: all settle, no read is wrong, and what is stored is what they know', async (t) => {
  const impatient = createRepository({ url: supabase.gateway.url, key: tokens.service_role, timeout: 300 });
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
  const { state } = await baileysAuthState(impatient.store('a', { fence, retryDelay: 50 }), baileys);
  const keys = baileys.addTransactionCapability(state.keys, logger, { maxCommitRetries: 10, delayBetweenTriesMs: 3000 });
  if (keys.transaction.length === 1) return t.skip('in Baileys 6.7 transactions at once are one, which ends with the last of them');
  const known = new Map();
  const wrong = [];
  const outcomes = { saved: 0, notRead: 0 };
  const transact = (chat, id, value) => keys.transaction(async () => {
    const read = (await keys.get('session', [id]))[id]?.toString();
    if (read !== known.get(id)) wrong.push([id, read, known.get(id)]);
    await keys.set({ session: { [id]: Buffer.from(value) } });
  }, chat).then(
    () => {
      known.set(id, value);
      outcomes.saved++;
    },
    (error) => {
      assert.equal(error.transient, true, error.stack);
      outcomes.notRead++;
    },
  );
  // Each of 50 chats does five, one after the other: every second chat with a session that the store does not know.
  const chats = Array.from({ length: 50 }, (_, i) => `chat${i}`);
  const session = (i, n) => (i % 2 === 0 ? `${i}.0` : `${i}.${n}`);
  for (const i of chats.keys()) for (let n = 1; n < 5; n++) if (i % 2 === 1) known.set(session(i, n), 'old');
  const old = JSON.stringify(Buffer.from('old'), baileys.BufferJSON.replacer);
  await repository.save('a', { session: Object.fromEntries([...known.keys()].map((id) => [id, old])) }, { fence });
  await Promise.all(chats.map((chat, i) => transact(chat, session(i, 0), 'value 0')));

  const faults = [
    (request, response) => response.writeHead(503).end(),
    (request) => request.socket.destroy(),
    () => {}, // no answer
    (request, response, forward) => { // written, but nobody learns of it
      response.writeHead = () => response.destroy();
      response.on('error', () => {});
      forward();
    },
  ];
  let request = 0;
  supabase.gateway.fault = (...args) => faults[request++ % faults.length](...args);
  const end = setTimeout(() => (supabase.gateway.fault = null), 3000);
  await Promise.all(chats.map(async (chat, i) => {
    for (let n = 1; n < 5; n++) {
      await transact(chat, session(i, n), `value ${n}`);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  }));
  clearTimeout(end);
  supabase.gateway.fault = null;

  assert.deepEqual(wrong, []);
  assert.equal(outcomes.saved + outcomes.notRead, 250);
  assert.ok(outcomes.notRead > 0 && outcomes.saved > 50, JSON.stringify(outcomes));
  const stored = (await rows()).map(({ key, value }) => [key, JSON.parse(value, baileys.BufferJSON.reviver).toString()]);
  assert.deepEqual(new Map(stored), known);
});
