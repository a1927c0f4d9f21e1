'use strict';

// The package as its users get it: npm's tarball, installed into services of three kinds.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { before, after, test } = require('node:test');
const { promisify } = require('node:util');
const { startSupabase, tokens } = require('../harness.cjs');

const root = resolve(__dirname, '../../..');
const modules = process.env.NODE_PATH;
const tsc = join(modules, 'typescript/bin/tsc');
const text = (...path) => readFileSync(join(...path), 'utf8');

let supabase, dir, service;
before(async () => {
  supabase = await startSupabase();
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  // Of a copy: what is made for the tarball is not left in the sources.
  cpSync(join(root, 'clients/node'), join(dir, 'clients/node'), { recursive: true });
  mkdirSync(join(dir, 'sql'));
  for (const file of ['LICENSE', 'sql/create_bot_sessions.sql', 'examples/node/bots']) cpSync(join(root, file), join(dir, file), { recursive: true });
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', dir], join(dir, 'clients/node')));
  service = await createService('service', join(dir, packed.filename));
});
after(async () => {
  if (dir) rmSync(dir, { recursive: true });
  await supabase?.stop();
});

/** The output of a program that has to succeed. Without NODE_PATH: a service has what it has installed. */
async function run(program, args, cwd) {
  const { NODE_PATH, NODE_OPTIONS, ...env } = process.env;
  env.SUPABASE_URL = supabase.gateway.url;
  env.SUPABASE_SERVICE_ROLE_KEY = tokens.service_role;
  try {
    return (await promisify(execFile)(program, args, { cwd, env })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${error.stdout}${error.stderr}`);
  }
}

/** A folder with a package installed in it. */
async function createService(name, what) {
  const folder = join(dir, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', what], folder);
  return folder;
}

const use = `
  const repository = createRepository({ url: process.env.SUPABASE_URL, key: process.env.SUPABASE_SERVICE_ROLE_KEY });
  async function main() {
    const { session_id, status } = await repository.create({ session_id: 'bot1' });
    const lost = await repository.update('nobody').catch((error) => error instanceof BotSessionsError && error.notFound);
    console.log(session_id, status, lost);
  }
  main();
`;

test('an ECMAScript module uses it', async () => {
  writeFileSync(join(service, 'service.mjs'), `import { BotSessionsError, createRepository } from 'botsession';${use}`);
  assert.equal(await run('node', ['service.mjs'], service), 'bot1 active true\n');
});

test('a CommonJS service uses it', async () => {
  writeFileSync(join(service, 'service.cjs'), `const { BotSessionsError, createRepository } = require('botsession');${use}`);
  assert.equal(await run('node', ['service.cjs'], service), 'bot1 active true\n');
});

test('its folder is installed as well', async () => {
  const linked = await createService('linked', join(dir, 'clients/node'));
  writeFileSync(join(linked, 'service.mjs'), `import { BotSessionsError, createRepository } from 'botsession';${use}`);
  assert.equal(await run('node', ['service.mjs'], linked), 'bot1 active true\n');
});

const typed = `
  import {
    BotSessionsError, createBotManager, createRepository, grammyStorage, importMultiFileAuthState, remoteAuthStore,
    telegrafStore, version,
    type GrammyStorage, type TelegrafStore, type BotReport, type BotSession, type ChangedBotSession, type StartBot,
  } from 'botsession';
  const repository = createRepository({ url: 'https://your-project.supabase.co', key: 'k', timeout: 1000 });
  const startBot: StartBot = async ({ session_id, previous_status }, report: BotReport) => {
    report.qr(session_id + previous_status, { expiresIn: 30_000 });
    report.ended('logged out', { forget: true });
    return { async stop() {} };
  };
  const manager = createBotManager({ repository, startBot, worker: false, onError(error, session_id?: string) {} });
  // @ts-expect-error a bot has a way to stop
  createBotManager({ repository, startBot: async () => {} });
  export async function main(): Promise<string> {
    const { restored, failed } = await manager.restoreSessions();
    const ids: string[] = restored.concat(failed.map(({ session_id }) => session_id), manager.running());
    const started: ChangedBotSession = await manager.startSession({ session_id: ids[0] ?? 'bot1' });
    await manager.endSession({ session_id: started.session_id, reason: 'over' });
    await manager.shutdown();
    const created: ChangedBotSession = await repository.create({ session_id: 'bot1', worker: 'w1', ttl: 60_000 });
    const fence: number | null = created.fence;
    await repository.update('bot1', { last_message: 'hello', fence });
    const [first] = await repository.updateMany([{ session_id: 'bot1', qr_data: '' }]);
    const read: BotSession | null = await repository.read('bot1');
    // @ts-expect-error it may not be there
    read.status;
    // @ts-expect-error the columns keep the database's spelling
    await repository.update('bot1', { lastMessage: 'hello' });
    // @ts-expect-error a session_id is a string
    await repository.end(42);
    // @ts-expect-error a reason is given by name
    await repository.end('bot1', 'over');
    const chats: GrammyStorage<{ seen: number }> = grammyStorage(repository.store('bot1', { fence }), { kind: 'basket' });
    const others: TelegrafStore<string> = telegrafStore(repository.store('bot1'));
    const seen: number | undefined = (await chats.read('7'))?.seen;
    const keys: number = await importMultiFileAuthState(repository.store('bot1'), {}, 'folder');
    const profile: boolean = await remoteAuthStore(repository.store('bot1'), { dataPath: '.' }).sessionExists({ session: 'RemoteAuth' });
    // @ts-expect-error a chat is what the storage is of
    await others.set('7', seen ?? (profile ? keys : 0));
    try {
      await repository.end('bot1', { reason: 'over', fence });
    } catch (error) {
      if (error instanceof BotSessionsError && error.transient) return error.code;
    }
    return (first?.status ?? 'none') + version + (read?.last_message ?? '');
  }
`;
function typecheck(service, options) {
  const compilerOptions = {
    strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
    module: 'nodenext', target: 'es2022', ...options,
  };
  writeFileSync(join(service, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['service.mts'] }));
  return run('node', [tsc], service);
}

test('the example is installed as its README says, and gets the migration out of the package', async () => {
  const example = join(dir, 'examples/node');
  cpSync(join(root, 'examples/node'), example, { recursive: true });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund'], example);
  await run('npm', ['run', 'migration'], example);
  assert.equal(text(example, 'backend/migrations/create_bot_sessions.sql'), text(root, 'sql/create_bot_sessions.sql'));
});

test('TypeScript with --strict checks its types, without those of Node or of any peer', async () => {
  writeFileSync(join(service, 'service.mts'), typed);
  await typecheck(service, { lib: ['es2022'], types: [] });
});

test('TypeScript takes a client of supabase-js and a pool of node-postgres for what they are', async () => {
  for (const name of ['@types', '@supabase']) symlinkSync(join(modules, name), join(service, 'node_modules', name));
  writeFileSync(join(service, 'service.mts'), `
    import { createClient } from '@supabase/supabase-js';
    import pg from 'pg';
    import { createRepository } from 'botsession';
    createRepository({ supabase: createClient('https://your-project.supabase.co', 'k') });
    createRepository({ pool: new pg.Pool() });
    // @ts-expect-error one client is no pool
    createRepository({ pool: 1 });
  `);
  await typecheck(service, { lib: ['es2022', 'dom'], types: ['node'] });
});

test('the tarball holds the sources, the types, the command, the bots, the license and the migration, and nothing else', async () => {
  const installed = join(service, 'node_modules/botsession');
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'bin', 'bots', 'command', 'console', 'package.json', 'sql', 'src', 'types']);
  assert.equal(text(installed, 'sql/create_bot_sessions.sql'), text(root, 'sql/create_bot_sessions.sql'));
  assert.equal(text(installed, 'LICENSE'), text(root, 'LICENSE'));
  const bots = ['baileys.cjs', 'grammy.cjs', 'whatsapp-web.cjs'];
  assert.deepEqual(readdirSync(join(installed, 'bots')).sort(), bots);
  for (const bot of bots) assert.equal(text(installed, 'bots', bot), text(root, 'examples/node/bots', bot));
  const manifest = JSON.parse(text(installed, 'package.json'));
  assert.equal(manifest.dependencies, undefined);
  assert.match(text(root, 'botsession.control'), new RegExp(`^default_version = '${manifest.version}'$`, 'm'));
  assert.match(text(installed, 'src/version.js'), new RegExp(`version = '${manifest.version}'`));
  const found = await run('node', ['-p', `require.resolve('botsession/create_bot_sessions.sql')`], service);
  assert.equal(found.trim(), join(installed, 'sql/create_bot_sessions.sql'));
});

test('what the tests and the demonstration install is named to the version and the hash, by no address', () => {
  const lists = readdirSync(root, { recursive: true })
    .filter((path) => /^(test|examples\/demo)\/(?!.*node_modules).*package\.json$/.test(path));
  assert.ok(lists.length >= 10, lists.join());
  for (const list of lists) {
    const { dependencies } = JSON.parse(text(root, list));
    const lock = text(root, list.replace('package.json', 'package-lock.json'));
    const { '': top, ...packages } = JSON.parse(lock).packages;
    assert.deepEqual(top.dependencies, dependencies, `${list}: npm install --package-lock-only --omit-lockfile-registry-resolved`);
    for (const [name, version] of Object.entries(dependencies)) assert.match(version, /^(file:|\d+\.\d+\.\d+)/, `${list}: ${name}`);
    for (const [name, { integrity, resolved, optional, os }] of Object.entries(packages)) {
      if (!name.startsWith('node_modules/')) continue; // a folder of ours
      if (optional && os && !(os.includes('linux') && /-linux-x64$/.test(name))) continue; // of another platform
      assert.match(integrity ?? resolved, /^(sha512-|\.\.\/)/, `${list}: ${name}`);
      assert.ok(!/:\/\//.test(resolved ?? ''), `${list}: ${name}`);
    }
  }
});

test('the types are those that TypeScript makes of the sources: npm run types', async () => {
  const made = join(dir, 'types');
  await run('node', [tsc, '-p', join(root, 'clients/node'), '--typeRoots', join(modules, '@types'), '--outDir', made], dir);
  const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length)).sort();
  const committed = join(root, 'clients/node/types');
  assert.deepEqual(files(made), files(committed));
  for (const file of files(made)) assert.equal(text(made, file), text(committed, file), file);
});

test('the command runs where the package is installed', async () => {
  await supabase.call('bot_session_start', { session_id: 'by command' });
  const rows = JSON.parse(await run(join(service, 'node_modules/.bin/botsession'), ['list', '--json'], service));
  assert.ok(rows.some(({ session_id, state }) => session_id === 'by command' && state === 'running'));
});
