'use strict';

// The store for RemoteAuth of whatsapp-web.js: its own class, and the profile of a real browser. WhatsApp is a page of ours.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { createHash, randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { isDeepStrictEqual } = require('node:util');
const puppeteer = require('puppeteer');
const RemoteAuth = require('whatsapp-web.js/src/authStrategies/RemoteAuth');
const { createRepository, remoteAuthStore } = require('../../../clients/node/src/index.js');
const { startSupabase, tokens, until } = require('../harness.cjs');

let supabase, repository, page, dir;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  supabase = await startSupabase();
  repository = createRepository({ url: supabase.gateway.url, key: tokens.service_role });
  page = createServer((request, response) => response.setHeader('Content-Type', 'text/html').end('<title>a page</title>')).listen(0, '127.0.0.1');
});
after(async () => {
  page?.close();
  page?.closeAllConnections();
  await supabase?.stop();
  rmSync(dir, { recursive: true, force: true });
});
afterEach(async () => {
  supabase.gateway.fault = null;
  await supabase.sql('delete from public.bot_sessions');
});

const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const down = (request, response) => response.writeHead(503).end();
const rows = () => supabase.sql('select kind, key, md5(value) as value from public.bot_session_data order by 1, 2');

let machines = 0;

/** A machine on which a worker takes the session over: a folder, a store under a new fence, and RemoteAuth with both. */
async function createMachine(options) {
  const dataPath = join(dir, `machine${++machines}`);
  mkdirSync(dataPath);
  const errors = [];
  const { fence } = await repository.create({ session_id: 'bot1', worker: 'w1', ttl: 3_600_000 });
  const store = remoteAuthStore(repository.store('bot1', { fence, retryDelay: 10 }), { dataPath, onError: (error) => errors.push(error), ...options });
  const emitted = [];
  const auth = new RemoteAuth({ clientId: 'bot1', dataPath, store, backupSyncIntervalMs: 60_000 });
  auth.setup({ options: { puppeteer: {} }, emit: (event) => emitted.push(event) });
  return { dataPath, store, auth, errors, emitted, profile: join(dataPath, 'RemoteAuth-bot1'), zip: join(dataPath, 'RemoteAuth-bot1.zip') };
}

/** What a function in the page answers, with the machine's profile. */
async function browse({ auth }, task, ...args) {
  const browser = await puppeteer.launch({
    ...auth.client.options.puppeteer, executablePath: process.env.CHROMIUM, headless: 'shell', args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${page.address().port}/`);
    return await tab.evaluate(task, ...args);
  } finally {
    await browser.close();
  }
}

const logIn = (value) =>
  new Promise((done, failed) => {
    localStorage.setItem('login', value);
    const opening = indexedDB.open('keys');
    opening.onerror = failed;
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('keys', 'readwrite', { durability: 'strict' });
      const bytes = new Uint8Array(2_000_000);
      for (let i = 0; i < bytes.length; i += 50_000) crypto.getRandomValues(bytes.subarray(i, i + 50_000));
      transaction.objectStore('keys').put({ value, bytes }, 'key');
      transaction.oncomplete = () => (opening.result.close(), done());
    };
  });
const whoIsIn = () =>
  new Promise((done, failed) => {
    const opening = indexedDB.open('keys');
    opening.onerror = opening.onupgradeneeded = failed;
    opening.onsuccess = () => {
      const got = opening.result.transaction('keys').objectStore('keys').get('key');
      got.onsuccess = () => done([localStorage.getItem('login'), got.result.value, got.result.bytes.length]);
    };
  });

/** The hash of every file under a folder, by its path. */
const filesOf = (folder) =>
  Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name).slice(folder.length), createHash('md5').update(readFileSync(join(parentPath, name))).digest('hex')]));

test('a profile is stored, and found equal and logged in on another machine', async () => {
  const first = await createMachine();
  await first.auth.beforeBrowserInitialized();
  await browse(first, logIn, 'me');
  await first.auth.storeRemoteSession({ emit: true });
  assert.deepEqual([first.errors, first.emitted, existsSync(first.zip)], [[], ['remote_session_saved'], false]);
  const stored = await rows();
  assert.ok(stored.length > 4, `${stored.length} rows`);

  const second = await createMachine();
  await second.auth.beforeBrowserInitialized();
  for (const part of ['IndexedDB', 'Local Storage']) {
    const files = filesOf(join(first.profile, 'Default', part));
    assert.ok(Object.keys(files).length > 0);
    const there = () => filesOf(join(second.profile, 'Default', part));
    await until('all of it', () => Object.keys(there()).length === Object.keys(files).length); // the library does not wait
    await until('the same', () => isDeepStrictEqual(there(), files));
  }
  assert.deepEqual(await browse(second, whoIsIn), ['me', 'me', 2_000_000]);

  await browse(second, logIn, 'me again');
  await second.auth.storeRemoteSession();
  const third = await createMachine();
  await third.auth.beforeBrowserInitialized();
  assert.deepEqual(await browse(third, whoIsIn), ['me again', 'me again', 2_000_000]);
  assert.deepEqual([...first.errors, ...second.errors, ...third.errors], []);
});

/** Without a browser: a file in the place of the zip, saved. */
async function save(machine, bytes) {
  writeFileSync(machine.zip, bytes);
  await machine.store.save({ session: join(machine.dataPath, 'RemoteAuth-bot1') }); // some versions pass a path
}

async function extract(machine) {
  await machine.store.extract({ session: 'RemoteAuth-bot1', path: machine.zip });
  return readFileSync(machine.zip);
}

test('an upload that was torn changes nothing, and the next one overwrites it', async () => {
  const [old, torn, next] = [1_900_000, 2_400_000, 700_000].map((size) => randomBytes(size));
  const first = await createMachine();
  await save(first, old);
  let saves = 0;
  supabase.gateway.fault = (request, response, forward) => {
    if (!request.url.includes('save') || ++saves <= 3) forward();
  };
  writeFileSync(first.zip, torn);
  void first.store.save({ session: 'RemoteAuth-bot1' });
  await until('it to be torn', () => saves > 3);
  const second = await createMachine();
  supabase.gateway.fault = null;
  assert.deepEqual(await extract(second), old);
  await save(second, next);
  await save(second, old);
  await save(second, next);
  const third = await createMachine();
  assert.deepEqual(await extract(third), next);
  assert.equal((await rows()).length, 1 + Math.ceil(old.length / 375_000) + Math.ceil(next.length / 375_000), 'nothing of the torn one is left');
});

test('the loser of a conflict stores and deletes nothing, and nothing of it rejects where nobody looks', async () => {
  const loser = await createMachine({ deleteOnDisconnect: true });
  await save(loser, randomBytes(500_000));
  await loser.auth.beforeBrowserInitialized().catch(() => {}); // what is stored is no zip
  const winner = await createMachine();
  const bytes = randomBytes(900_000);
  await save(winner, bytes);
  const before = await rows();
  await save(loser, randomBytes(10));
  assert.equal(await loser.store.sessionExists({ session: 'RemoteAuth-bot1' }), true);
  await loser.auth.disconnect();
  assert.equal((await failure(extract(loser))).conflict, true);
  assert.deepEqual(await rows(), before);
  assert.deepEqual(await extract(winner), bytes);
  assert.deepEqual(loser.errors, []);
});

test('while the database is away the local profile stays, and a backup waits', async () => {
  const machine = await createMachine();
  mkdirSync(machine.profile);
  supabase.gateway.fault = down;
  assert.equal((await failure(machine.auth.beforeBrowserInitialized())).transient, true);
  assert.equal(existsSync(machine.profile), true);
  let tries = 0;
  supabase.gateway.fault = (request, response, forward) => (++tries > 3 ? forward() : down(request, response));
  const bytes = randomBytes(400_000);
  await save(machine, bytes);
  assert.deepEqual(await extract(machine), bytes);
  supabase.gateway.fault = down;
  assert.equal(await machine.store.sessionExists({ session: 'RemoteAuth-bot1' }), true, 'it knows');
  assert.equal((await failure(extract(machine))).transient, true);
});

test('delete does nothing unless it is asked to', async () => {
  const machine = await createMachine();
  await save(machine, randomBytes(10));
  const before = await rows();
  await machine.auth.beforeBrowserInitialized().catch(() => {}); // what is stored is no zip
  await machine.auth.disconnect();
  assert.deepEqual(await rows(), before);
  const other = await createMachine({ deleteOnDisconnect: true });
  await other.auth.beforeBrowserInitialized().catch(() => {});
  await other.auth.disconnect();
  assert.deepEqual(await rows(), []);
  assert.equal(await other.store.sessionExists({ session: 'RemoteAuth-bot1' }), false);
});

test('20 MB are stored; above that an error says where else to keep it, and what is stored stays', async () => {
  const machine = await createMachine();
  const bytes = randomBytes(20_000_000);
  await save(machine, bytes);
  assert.ok(bytes.equals(await extract(machine)));
  await save(machine, Buffer.alloc(20_000_001));
  rmSync(machine.zip);
  await machine.store.save({ session: 'RemoteAuth-bot1' });
  assert.deepEqual(machine.errors.map(({ message, code }) => code ?? message), [
    'the profile has 21 MB, of at most 20 MB: keep it in Supabase Storage or S3, with a store of your own', 'ENOENT',
  ]);
  assert.ok(bytes.equals(await extract(machine)));
});

test('a damaged profile is not restored', async () => {
  const machine = await createMachine();
  await save(machine, randomBytes(400_000));
  await supabase.sql(`delete from public.bot_session_data where key like '%/01'`);
  const other = await createMachine();
  assert.match((await failure(extract(other))).message, /damaged/);
  assert.equal(existsSync(other.zip), false);
});

test('TypeScript takes it for what RemoteAuth asks for', () => {
  const folder = mkdtempSync(join(dir, 'types-'));
  symlinkSync(process.env.NODE_PATH, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'bot.mts'), `
    import { RemoteAuth } from 'whatsapp-web.js';
    import { remoteAuthStore, type BotSessionStore } from '${resolve(__dirname, '../../../clients/node/types/index.js')}';
    export const auth = (store: BotSessionStore) =>
      new RemoteAuth({ clientId: 'bot1', dataPath: '/tmp', store: remoteAuthStore(store, { dataPath: '/tmp' }), backupSyncIntervalMs: 900_000 });
    // @ts-expect-error where its files are has to be said
    export const other = (store: BotSessionStore) => remoteAuthStore(store);
  `);
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], types: ['node'], typeRoots: [join(process.env.NODE_PATH, '@types')] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['bot.mts'] }));
  try {
    execFileSync(process.execPath, [join(process.env.NODE_PATH, 'typescript/bin/tsc'), '-p', folder]);
  } catch (error) {
    assert.fail(`${error.stdout}`);
  }
});
