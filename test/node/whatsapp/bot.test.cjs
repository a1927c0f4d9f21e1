'use strict';

// examples/node/bots/whatsapp-web.cjs in the service of examples/node: whatsapp-web.js itself, in a real browser, with a
// page in the place of WhatsApp's, which the library finds in its cache of versions.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { DefaultOptions } = require('whatsapp-web.js/src/util/Constants');
const { until } = require('../harness.cjs');
const { startBots } = require('../client/bots.cjs');
const { copyExample } = require('../client/example.cjs');

let supabase, untilStored, events, startService, reset, stop, dir, script, page, cached;
before(async () => {
  ({ supabase, untilStored, events, startService, reset, stop } = await startBots());
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  script = copyExample(join(dir, 'service'), '../../bots/whatsapp-web.cjs');
  page = await startPage();
  cached = join(dir, `.wwebjs_cache/${DefaultOptions.webVersion}.html`);
  mkdirSync(join(dir, '.wwebjs_cache'));
  mkdirSync(join(dir, 'tmp'));
  const html = readFileSync(join(__dirname, 'page.html'), 'utf8').replace('PORT', page.port);
  writeFileSync(cached, html);
});
after(async () => {
  page?.stop();
  await stop?.();
  if (dir) rmSync(dir, { recursive: true, force: true });
});
afterEach(async () => {
  await reset();
  endBrowsers();
  page.reset();
  rmSync(join(dir, 'tmp'), { recursive: true, force: true });
  mkdirSync(join(dir, 'tmp'));
});

/** Who logs in, page by page, in `opened`; and `order`, to the page that is open. */
async function startPage() {
  const state = { opened: [], orders: [], waiting: null };
  const serve = () => {
    if (!state.waiting || state.orders.length === 0) return;
    state.waiting.end(JSON.stringify(state.orders.shift()));
    state.waiting = null;
  };
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    const [, path, value] = request.url.split('/');
    if (path === 'order') {
      state.waiting = response;
      request.socket.once('close', () => {
        if (state.waiting === response) state.waiting = null;
      });
      return serve();
    }
    state.opened.push(value);
    response.end('null');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    port: server.address().port,
    order(...order) {
      state.orders.push(order);
      serve();
    },
    reset: () => Object.assign(state, { opened: [], orders: [], waiting: null }),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

const start = () =>
  startService(['bot1'], {
    script,
    cwd: dir,
    TMPDIR: join(dir, 'tmp'),
    CHROMIUM: process.env.CHROMIUM,
    CHROMIUM_ARGS: '--no-sandbox --disable-gpu --disable-web-security --disable-features=LocalNetworkAccessChecks --proxy-server=127.0.0.1:9',
  });
const opened = (...logins) => until(`pages with ${logins}`, () => page.opened.join() === logins.join());
const rows = async () => (await supabase.sql('select count(*)::int as count from public.bot_session_data'))[0].count;
const runOut = () => supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);

/** Ends those whose profile is one of ours. */
function endBrowsers() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`--user-data-dir=${dir}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It is gone, or somebody else's.
    }
  }
}

const profiles = () => readdirSync(join(dir, 'tmp')).filter((name) => name.startsWith('bot-'));

async function stopped({ child, exited, output }) {
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null], output());
  assert.deepEqual(profiles(), [], 'the disk keeps nothing');
}

async function scan() {
  await opened('');
  await untilStored('bot1', { qr_data: `code-1,${Buffer.alloc(32).toString('base64')},${Buffer.alloc(32).toString('base64')},secret,1` });
  page.order('scan', 'me');
  await untilStored('bot1', { qr_data: null });
}

test('it shows a code, and the scan removes it; stopped or killed, it goes on without a scan', async () => {
  const first = start();
  await scan();
  page.order('message', 'hello');
  await untilStored('bot1', { last_message: 'hello', status: 'active' });
  await stopped(first);
  assert.ok((await rows()) > 0);

  const second = start();
  await opened('', 'me');
  page.order('message', 'after the deploy');
  await untilStored('bot1', { last_message: 'after the deploy' });
  second.child.kill('SIGKILL');
  await second.exited;
  endBrowsers(); // which outlive it

  await runOut();
  const third = start();
  await opened('', 'me', 'me');
  page.order('message', 'after the crash');
  await untilStored('bot1', { last_message: 'after the crash', qr_data: null });
  assert.deepEqual((await events('bot1')).map(([event]) => event), ['created', 'claimed', 'released', 'claimed', 'lease_lost', 'claimed']);
  third.child.kill('SIGTERM');
  assert.deepEqual(await third.exited, [0, null], third.output());
});

test('thrown out by another browser, it connects again', async () => {
  const first = start();
  await scan();
  await stopped(first);
  const second = start();
  await opened('', 'me');
  page.order('state', 'CONFLICT');
  await opened('', 'me', 'me');
  page.order('message', 'again');
  await untilStored('bot1', { last_message: 'again' });
  await stopped(second);
});

test('logged out on the phone, its session is ended and its login forgotten, and the process goes on', async () => {
  const first = start();
  await scan();
  await stopped(first);
  const second = start();
  await opened('', 'me');
  page.order('logout');
  await untilStored('bot1', { status: 'inactive', qr_data: null });
  await until('no data', async () => (await rows()) === 0);
  await until('the browser to be closed', () => profiles().length === 0);
  assert.equal(second.child.exitCode, null, second.output());
  await stopped(second);
  assert.deepEqual((await events('bot1')).slice(-3).map(([event]) => event), ['ended', 'released', 'forgotten']);
});

test('without a network it tries again', async () => {
  renameSync(cached, `${cached}.away`); // so it asks for WhatsApp's page
  const service = start();
  await until('it to fail', () => /bot1: .*net::ERR/.test(service.output()));
  renameSync(`${cached}.away`, cached);
  await scan();
  await stopped(service);
});

test('told to stop while its browser comes up, it stops', async () => {
  const service = start();
  await until('a profile', () => profiles().length > 0);
  await stopped(service);
});
