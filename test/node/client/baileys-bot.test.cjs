'use strict';

// examples/node/bots/baileys.cjs in the service of examples/node, with Baileys itself: a code is scanned, the process is
// stopped, killed and deployed anew, and the bot goes on without a scan. whatsapp.cjs stands in for WhatsApp's servers.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { promisify } = require('node:util');
const { tokens, until } = require('../harness.cjs');
const { startBots } = require('./bots.cjs');
const { copyExample } = require('./example.cjs');
const { startWhatsApp } = require('./whatsapp.cjs');

const root = resolve(__dirname, '../../..');

let supabase, stored, untilStored, events, startService, reset, stop, dir, script, baileys, whatsapp;
before(async () => {
  ({ supabase, stored, untilStored, events, startService, reset, stop } = await startBots());
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  script = copyExample(join(dir, 'service'), '../../bots/baileys.cjs');
  baileys = await import(pathToFileURL(require.resolve('@whiskeysockets/baileys')));
});
after(async () => {
  if (dir) rmSync(dir, { recursive: true });
  await stop?.();
});
afterEach(async () => {
  await reset();
  whatsapp.stop();
  assert.equal(whatsapp.error, undefined);
});

/** The options of a Node whose Baileys finds our WhatsApp. */
function address(folder) {
  const file = join(folder, 'address.mjs');
  writeFileSync(file, `
    import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from '@whiskeysockets/baileys';
    DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = ${JSON.stringify(whatsapp.url)};
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(${JSON.stringify(whatsapp.root)}, 'base64');
  `);
  return `--import ${pathToFileURL(file)}`;
}

const start = (session_ids = ['bot1']) => startService(session_ids, { script, NODE_OPTIONS: address(join(dir, 'service')) });

async function pair() {
  whatsapp = await startWhatsApp(baileys);
  const service = start();
  await until('a code', async () => (await stored('bot1'))?.qr_data);
  whatsapp.scan((await stored('bot1')).qr_data);
  await until('the login', () => whatsapp.isOpen());
  await untilStored('bot1', { qr_data: null, status: 'active' });
  return service;
}

async function hears(text) {
  await until('a connection', () => whatsapp.isOpen());
  await whatsapp.say(text);
  await untilStored('bot1', { last_message: text, qr_data: null });
}

const keys = async () => Object.fromEntries((await supabase.sql('select kind, count(*)::int from public.bot_session_data group by 1')).map(Object.values));
const runOut = () => supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);

test('it is scanned once: stopped, killed and cut off it logs in by itself, and reads what is encrypted for it', async () => {
  const first = await pair();
  await hears('hello');
  const { creds, session, 'pre-key': preKeys } = await keys();
  assert.deepEqual([creds, session, preKeys > 20], [1, 1, true]);
  whatsapp.cut();
  await until('it to come back', () => whatsapp.logins.length === 2);
  await hears('after the cut');
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.exited, [0, null], first.output());

  const second = start([]);
  await hears('after the deploy');
  second.child.kill('SIGKILL');
  await second.exited;

  await runOut();
  start([]);
  await until('it to come back', () => whatsapp.logins.length === 4);
  await hears('after the crash');
  assert.deepEqual([whatsapp.codes.length, whatsapp.logins], [1, ['1000', '1000', '1000', '1000']]);
});

test('while the old version and the new one are both alive, one of them runs it, and it is not scanned again', async () => {
  const first = await pair();
  const second = start(['bot1']);
  await until('the new version to ask for it', () => second.output().includes('bot1: '));
  await hears('to the old version');
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.exited, [0, null], first.output());
  await until('the new version to log in', () => whatsapp.logins.length === 2);
  await hears('to the new version');
  assert.equal(whatsapp.codes.length, 1);
});

test('logged out on the phone, its session is ended and its login forgotten; started again it shows a new code', async () => {
  const service = await pair();
  whatsapp.logOut();
  await untilStored('bot1', { status: 'inactive' });
  await until('no data', async () => Object.keys(await keys()).length === 0);
  assert.deepEqual((await events('bot1')).slice(-3).map(([event, reason]) => [event, reason === 'logged out']), [['ended', true], ['released', false], ['forgotten', true]]);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, [0, null], service.output());
  start();
  await until('a new code', async () => (await stored('bot1')).qr_data);
  assert.equal(whatsapp.codes.length, 2);
});

test('without a network it tries again, and stops when it is told to', async () => {
  whatsapp = await startWhatsApp(baileys);
  const { url, rootPair } = whatsapp;
  whatsapp.stop();
  const service = start();
  await untilStored('bot1', { status: 'active' });
  await until('it to fail', () => service.output().includes('ECONNREFUSED'));
  whatsapp = await startWhatsApp(baileys, { port: new URL(url).port, root: rootPair });
  await until('a code', async () => (await stored('bot1')).qr_data);
  whatsapp.stop();
  await until('it to fail again', () => service.output().split('ECONNREFUSED').length > 3);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, [0, null], service.output());
});

/** An empty folder, what docs/node.md says to do in it, and Baileys from where the tests have it. */
async function createService() {
  const folder = join(dir, 'from nothing');
  const sources = join(dir, 'sources');
  for (const part of ['LICENSE', 'sql/create_bot_sessions.sql', 'clients/node', 'examples/node/bots']) {
    cpSync(join(root, part), join(sources, part), { recursive: true });
  }
  mkdirSync(folder);
  const env = { ...process.env, SUPABASE_URL: supabase.gateway.url, SUPABASE_SERVICE_ROLE_KEY: tokens.service_role };
  delete env.NODE_PATH;
  const run = async (program, args, cwd = folder) => (await promisify(execFile)(program, args, { cwd, env })).stdout;
  const [{ filename }] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', dir], join(sources, 'clients/node')));
  await run('npm', ['init', '-y']);
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(dir, filename)]);
  symlinkSync(join(process.env.NODE_PATH, '@whiskeysockets'), join(folder, 'node_modules/@whiskeysockets'));
  await run('cp', ['node_modules/botsession/bots/baileys.cjs', '.']);
  const lines = readFileSync(join(root, 'docs/examples/service.mjs'), 'utf8').split('\n').filter((line) => line && !line.startsWith('//'));
  assert.ok(lines.length <= 15, `${lines.length} lines`);
  writeFileSync(join(folder, 'service.mjs'), lines.join('\n'));
  return { folder, run };
}

test('from an empty folder: the tarball, the bot, fifteen lines at most; it is scanned by the command, and never again', async () => {
  whatsapp = await startWhatsApp(baileys);
  const { folder, run } = await createService();
  assert.equal(await run('npx', ['--no-install', 'botsession', 'migrate']), readFileSync(join(root, 'sql/create_bot_sessions.sql'), 'utf8'));
  const start = () => startService([], { script: join(folder, 'service.mjs'), cwd: folder, NODE_OPTIONS: address(folder), NODE_PATH: '' });
  const first = start();
  await until('a code', async () => (await stored('bot1'))?.qr_data);
  whatsapp.scan(JSON.parse(await run('npx', ['--no-install', 'botsession', 'qr', 'bot1', '--json'])).qr_data);
  await hears('hello');
  const second = start();
  await until('the second to wait', () => second.output().includes('another worker'));
  first.child.kill('SIGKILL');
  await first.exited;
  await runOut();
  await until('the second to log in', () => whatsapp.logins.length === 2);
  await hears('after the crash');
  second.child.kill('SIGINT');
  assert.deepEqual(await second.exited, [0, null], second.output());
  start();
  await until('the third to log in', () => whatsapp.logins.length === 3);
  await hears('after the restart');
  assert.equal(whatsapp.codes.length, 1);
});
