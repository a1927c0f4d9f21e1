'use strict';

// What the tests of examples/node share: a Supabase to run it on, bots that do what they are told, services in
// processes of their own.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { startSupabase, tokens, until } = require('./harness.cjs');

const example = join(__dirname, '../../examples/node');
const { createBotManager } = require(join(example, 'botManager.cjs'));
const { createBotSessionsRepository, BotSessionsError } = require(join(example, 'botSessionsRepository.cjs'));

/** Ways in which a database is not there. */
const faults = {
  'an error of PostgREST': (request, response) =>
    response.writeHead(503, { 'Content-Type': 'application/json' }).end('{"code":"PGRST001","message":"no database"}'),
  'a page of the gateway': (request, response) => response.writeHead(502).end('<html>Bad Gateway</html>'),
  'a 404 of the gateway': (request, response) => response.writeHead(404).end('no route'),
  'a 404 without a body': (request, response) => response.writeHead(404).end(),
  'a broken connection': (request) => request.socket.destroy(),
  'no answer': () => {},
  // What PostgREST passes on until a standby has become the primary.
  'a standby': (request, response) =>
    response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({
      code: '0A000', message: 'cannot set transaction read-write mode during recovery',
    })),
  'a server that only reads': (request, response) =>
    response.writeHead(405, { 'Content-Type': 'application/json' }).end(JSON.stringify({
      code: '25006', message: 'cannot execute UPDATE in a read-only transaction',
    })),
};

/** From now on, what is to be done every so often is done when the test calls the result with that many ms. */
function takeIntervals(t) {
  const timers = new Set();
  t.mock.method(globalThis, 'setInterval', (task, ms) => {
    const timer = { task, ms };
    timers.add(timer);
    return timer;
  });
  t.mock.method(globalThis, 'clearInterval', (timer) => timers.delete(timer));
  return (wanted) => {
    const [timer, ...others] = [...timers].filter(({ ms }) => ms === wanted);
    assert.ok(timer && others.length === 0, `one task every ${wanted} ms: ${[...timers].map(({ ms }) => ms)}`);
    timer.task();
  };
}

async function startExample(options) {
  const supabase = await startSupabase(options);
  const repository = createBotSessionsRepository(supabase.client());
  const managers = [];
  const services = [];

  const stored = async (session_id) => {
    const [row] = await supabase.sql('select * from public.bot_sessions where session_id = $1', [session_id]);
    return row;
  };
  const untilStored = (session_id, wanted) =>
    until(`${session_id} to be ${JSON.stringify(wanted)}`, async () => {
      const row = await stored(session_id);
      return row && Object.entries(wanted).every(([key, value]) => row[key] === value);
    });

  /** From now on, which functions and tables are asked for, in order. `hold` may keep the function that forwards. */
  function watch(hold = (forward) => forward()) {
    const requests = [];
    supabase.gateway.fault = (request, response, forward) => {
      const name = request.url.replace(/.*\/|\?.*/g, '');
      requests.push(name);
      hold(forward, response, name);
    };
    return requests;
  }

  /** A manager with bots that can be told, by session_id, what to report. */
  function createBots({ fail, ...options } = {}) {
    const bots = {};
    const errors = [];
    const manager = createBotManager({
      repository,
      heartbeatInterval: 0,
      retryDelay: 20,
      onError: (error, session_id) => errors.push({ error, session_id }),
      async startBot(session, report) {
        if (fail?.(session.session_id)) throw new Error('no connection to the messenger');
        const bot = { session, ...report, starts: (bots[session.session_id]?.starts ?? 0) + 1, stopped: false };
        bots[session.session_id] = bot;
        return { stop: async () => void Object.assign(bot, { stopped: true, stoppedAt: Date.now() }) };
      },
      ...options,
    });
    managers.push(manager);
    return { manager, bots, errors };
  }

  /** The service of the example in a process of its own. */
  function startService(session_ids = [], env = {}) {
    const child = fork(join(example, 'index.cjs'), session_ids, {
      env: {
        ...process.env,
        SUPABASE_URL: supabase.gateway.url,
        SUPABASE_SERVICE_ROLE_KEY: tokens.service_role,
        BOT_MODULE: join(__dirname, 'test-bot.cjs'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
    const did = [];
    let output = '';
    child.on('message', (message) => did.push(message));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    const exited = once(child, 'exit');
    services.push(async () => {
      kill();
      await exited;
    });
    const started = (count) => until(`${count} bots`, () => {
      assert.equal(child.exitCode, null, output);
      const sessions = did.filter((message) => message.did === 'start').map((message) => message.session);
      return sessions.length === count && sessions.sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
    });
    const tell = (session_id, event, value) => child.send({ session_id, event, value });
    return { child, did, exited, started, tell, output: () => output };
  }

  /** Ends what a test has left. */
  async function reset() {
    supabase.gateway.fault = null;
    await Promise.all(services.splice(0).map((stop) => stop()));
    const shutdowns = Promise.allSettled(managers.splice(0).map((manager) => manager.shutdown()));
    await Promise.race([shutdowns, sleep(5000, null, { ref: false })]); // a failed test may have left a bot that never stops
    await supabase.sql('delete from public.bot_sessions; delete from public.bot_session_events');
  }

  return { supabase, repository, stored, untilStored, watch, createBots, startService, reset };
}

module.exports = { createBotSessionsRepository, BotSessionsError, faults, startExample, takeIntervals };
