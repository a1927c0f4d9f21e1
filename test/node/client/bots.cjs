'use strict';

// What the tests of the manager share: a Supabase to run it on, bots that do what they are told, services in
// processes of their own.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { delimiter, join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { createBotManager, createRepository } = require('../../../clients/node/src/index.js');
const { startSupabase, tokens, until } = require('../harness.cjs');
const { copyExample } = require('./example.cjs');

const testBot = join(__dirname, '../test-bot.cjs');

/** Answers as if there were no database. */
const down = (request, response) =>
  response.writeHead(503, { 'Content-Type': 'application/json' }).end('{"code":"PGRST001","message":"no database"}');

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

/**
 * From now on, what is to be done after so many ms, for which `chosen` is true, is done when the test says so. Result: the
 * timers that are set, the newest last: { ms, due, pass }; `pass` makes it that time.
 */
function takeTimeouts(t, chosen) {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = Date;
  const timers = [];
  t.mock.method(globalThis, 'setTimeout', (task, ms, ...args) => {
    if (!chosen(ms)) return setTimeout(task, ms, ...args);
    const timer = {
      ms,
      due: now() + ms,
      pass() {
        clear(timer);
        task(...args);
      },
      unref: () => timer,
    };
    timers.push(timer);
    return timer;
  });
  const clear = (timer) => {
    if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
  };
  t.mock.method(globalThis, 'clearTimeout', (timer) => (timers.includes(timer) ? clear(timer) : clearTimeout(timer)));
  return timers;
}

async function startBots(options) {
  const supabase = await startSupabase(options);
  const createClient = (rest) => createRepository({ url: supabase.gateway.url, key: tokens.service_role, ...rest });
  const repository = createClient();
  const managers = [];
  const services = [];
  const dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  const example = join(dir, 'service');
  const index = copyExample(example, testBot);

  const stored = async (session_id) => {
    const [row] = await supabase.sql('select * from public.bot_sessions where session_id = $1', [session_id]);
    return row;
  };
  const untilStored = (session_id, wanted) =>
    until(`${session_id} to be ${JSON.stringify(wanted)}`, async () => {
      const row = await stored(session_id);
      return row && Object.entries(wanted).every(([key, value]) => row[key] === value);
    });
  const events = async (session_id) => (await supabase.events(session_id)).map(({ event, reason }) => [event, reason]);

  /**
   * From now on, which functions and tables are asked for, in order. `hold` may keep the function that forwards; it
   * gets the body of the request too.
   */
  function watch(hold = (forward) => forward()) {
    const requests = [];
    supabase.gateway.fault = (request, response, forward) => {
      const name = request.url.replace(/.*\/|\?.*/g, '');
      requests.push(name);
      hold(forward, response, name, request);
    };
    return requests;
  }

  /** A manager with bots that can be told, by session_id, what to report. */
  function createBots({ fail, ...options } = {}) {
    const bots = {};
    const errors = [];
    const manager = createBotManager({
      repository,
      worker: false,
      heartbeatInterval: 0,
      retryDelay: 20,
      onError: (error, session_id) => errors.push({ error, session_id }),
      async startBot(session, report) {
        const starts = (bots[session.session_id]?.starts ?? 0) + 1;
        const bot = { session, ...report, starts, stopped: false };
        bots[session.session_id] = bot;
        if (fail?.(session.session_id)) throw new Error('no connection to the messenger');
        bot.running = true;
        return { stop: async () => void Object.assign(bot, { stopped: true }) };
      },
      ...options,
    });
    managers.push(manager);
    return { manager, bots, errors };
  }

  /** A process that forks `script`: by default the service of the example, with a bot that does what it is told. */
  function startService(session_ids = [], { script = index, cwd, ...env } = {}) {
    const child = fork(script, session_ids, {
      cwd,
      env: {
        ...process.env,
        NODE_PATH: [process.env.NODE_PATH, join(example, 'node_modules')].join(delimiter),
        SUPABASE_URL: supabase.gateway.url,
        SUPABASE_SERVICE_ROLE_KEY: tokens.service_role,
        BOT_MODULE: testBot,
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
      process.off('exit', kill);
      assert.doesNotMatch(output, /unhandled|ERR_UNHANDLED/i);
    });
    const started = (count) => until(`${count} bots`, () => {
      assert.equal(child.exitCode, null, output);
      const sessions = did.filter((message) => message.did === 'start').map((message) => message.session);
      return sessions.length === count && sessions.sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
    });
    const tell = (session_id, event, ...values) => child.send({ session_id, event, values });
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

  const stop = async () => {
    rmSync(dir, { recursive: true });
    await supabase.stop();
  };
  return { supabase, repository, createClient, stored, untilStored, events, watch, createBots, startService, example, reset, stop };
}

module.exports = { down, startBots, takeIntervals, takeTimeouts };
