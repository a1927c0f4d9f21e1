'use strict';

// The demonstration of examples/demo: a login that two workers have, on libsignal, with its half that has to fail.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { after, before, test } = require('node:test');
const { startSupabase, tokens } = require('../harness.cjs');

const root = resolve(__dirname, '../../..');
let supabase, dir;
before(async () => {
  supabase = await startSupabase();
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  cpSync(join(root, 'examples/demo'), dir, { recursive: true });
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(join(process.env.NODE_PATH, '@whiskeysockets'), join(dir, 'node_modules/@whiskeysockets'));
  symlinkSync(join(root, 'clients/node'), join(dir, 'node_modules/botsession'));
});
after(async () => {
  rmSync(dir, { recursive: true, force: true });
  await supabase?.stop();
});

test('a worker that wakes late cannot break a login, and does without the fence: npm run demo', async () => {
  const env = { ...process.env, SUPABASE_URL: supabase.gateway.url, SUPABASE_SERVICE_ROLE_KEY: tokens.service_role };
  const demo = spawn('npm', ['run', '--silent', 'demo'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(demo, 'close');
  assert.equal(output, `With the fence
  100 messages with worker A
  A falls asleep over the next one; 20 messages with worker B
  A wakes and writes what it had in hand: refused, PT409
  B is restarted, and reads 80 of 80 messages
Without it
  100 messages with worker A
  A falls asleep over the next one; 20 messages with worker B
  A wakes and writes what it had in hand: written
  B is restarted, and reads 0 of 80 messages
`);
  assert.equal(code, 0);
  assert.deepEqual(await supabase.sql('select session_id from public.bot_sessions'), []);
});
