'use strict';

// What the manager and the stores of clients/node make of PostgREST, beside one call for each message or save. Prints a
// table; fails where what is stored at the end is not what was written.

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { cpus } = require('node:os');
const { setTimeout: sleep } = require('node:timers/promises');
const { baileysAuthState, createBotManager, createRepository } = require('../../clients/node/src/index.js');
const { startSupabase, tokens } = require('../node/harness.cjs');

const seconds = (from) => (performance.now() - from) / 1000;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const print = (what, value, goal) => console.log(`${what.padEnd(64)} ${String(value).padStart(10)}${goal ? `   goal ${goal}` : ''}`);

const names = (count) => Array.from({ length: count }, (_, i) => `bot${String(i).padStart(5, '0')}`);
const ids = names(200);
const rounds = 5;
const perRound = 10; // of each bot

let requests = 0;

/** PostgREST as a project of Supabase has it, under /rest/v1; the gateway of the tests would be measured too. */
function withoutGateway(port) {
  const { fetch } = globalThis;
  const url = `http://127.0.0.1:${port}`;
  globalThis.fetch = (target, options) => {
    requests++;
    return fetch(String(target).replace(`${url}/rest/v1`, url), options);
  };
  return url;
}

/** A manager whose bots can be told what to report, and waited for. */
function createBots(repository, options) {
  const reports = new Map();
  const waiting = new Map();
  const written = [];
  const manager = createBotManager({
    repository: {
      ...repository,
      async updateMany(elements) {
        const rows = await repository.updateMany(elements);
        for (const { session_id, last_message } of elements) {
          written.push(last_message);
          waiting.get(session_id)?.();
        }
        return rows;
      },
    },
    heartbeatInterval: 0, // nothing but what is measured
    claimInterval: 3_600_000,
    ttl: 3_600_000,
    async startBot({ session_id }, report) {
      reports.set(session_id, report);
      return { stop() {} };
    },
    ...options,
  });
  /** Resolves when it has been written. */
  const message = (session_id, text) => new Promise((resolve) => {
    waiting.set(session_id, resolve);
    reports.get(session_id).message(text);
  });
  return { manager, message, written };
}

/** Each of the bots does its things one after the other, all bots at once. How many a second. */
async function rate(task, round) {
  const start = performance.now();
  await Promise.all(ids.map(async (id) => {
    for (let i = 0; i < perRound; i++) await task(id, i, round);
  }));
  return (ids.length * perRound) / seconds(start);
}

/** Rates of two ways, which take turns, so that both meet the same machine. */
async function compare(what, ways, goal) {
  const measured = Object.entries(ways).map(([name, task]) => ({ name, task, rates: [], requests: 0 }));
  for (let round = 0; round <= rounds; round++) {
    for (const way of measured) {
      requests = 0;
      const perSecond = await rate(way.task, round);
      if (round === 0) continue; // to warm up
      way.rates.push(perSecond);
      way.requests += requests;
    }
  }
  const [one, many] = measured;
  const ratios = many.rates.map((perSecond, i) => perSecond / one.rates[i]);
  for (const way of measured) {
    print(`${what}, ${way.name}, a second (${way.requests} requests)`, median(way.rates).toFixed(0));
  }
  print(`${many.name} / ${one.name}`, median(ratios).toFixed(1), goal);
}

async function messages({ repository, sql }) {
  const { manager, message, written } = createBots(repository, { worker: 'few' });
  const fences = new Map();
  for (const session_id of ids) fences.set(session_id, (await manager.startSession({ session_id })).fence);
  const last = new Map();
  const one = (id, i, round) => {
    last.set(id, `message ${i} of round ${round} of ${id}, alone`);
    return repository.update(id, { last_message: last.get(id), fence: fences.get(id) });
  };
  const together = (id, i, round) => {
    last.set(id, `message ${i} of round ${round} of ${id}`);
    return message(id, last.get(id));
  };
  const assertStored = async () => {
    const rows = await sql('select session_id, last_message from public.bot_sessions');
    assert.deepEqual(new Map(rows.map((row) => [row.session_id, row.last_message])), last);
  };
  await compare('200 bots, 10,000 messages', { 'one RPC each': one, manager: together }, '>= 6');
  await assertStored();
  assert.equal(new Set(written).size, ids.length * perRound * (rounds + 1), 'every single message was written');

  const times = { one: [], together: [] };
  const asked = { one: 0, together: 0 };
  for (let i = 0; i < 1000; i++) {
    for (const [name, send] of Object.entries({ one, together })) {
      requests = 0;
      const start = performance.now();
      await send(ids[i % ids.length], i, 'idle');
      times[name].push(performance.now() - start);
      asked[name] += requests;
    }
  }
  await assertStored();
  assert.deepEqual(asked, { one: 1000, together: 1000 });
  print('a single message when idle (one request) / a bare touch', (median(times.together) / median(times.one)).toFixed(2), '<= 1.3');
  await manager.shutdown();
}

/** As much of Baileys as its keys need. */
const baileysLike = {
  BufferJSON: {
    replacer: (_, value) => (value?.type === 'Buffer' ? { type: 'Buffer', data: Buffer.from(value.data).toString('base64') } : value),
    reviver: (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data, 'base64') : value),
  },
  initAuthCreds: () => ({}),
  proto: { Message: { AppStateSyncKeyData: { fromObject: (value) => value } } },
};

/** The session that Baileys saves with a message has 1.9 kB; each bot talks to ten people in turn. */
async function saves({ repository, sql }) {
  const stored = new Map();
  const bots = { one: new Map(), together: new Map() };
  for (const session_id of ids) {
    const { fence } = await repository.create({ session_id, worker: 'w1', ttl: 3_600_000 });
    const one = {
      session_id,
      save: (data) => repository.save(session_id, data, { fence }),
      load: (keys) => repository.load(session_id, keys, { fence }),
    };
    bots.one.set(session_id, await baileysAuthState(one, baileysLike));
    bots.together.set(session_id, await baileysAuthState(repository.store(session_id, { fence }), baileysLike));
  }
  const save = (way) => (id, i) => {
    const key = `${way}.${i}`;
    const session = randomBytes(1400);
    stored.set(`${id} ${key}`, session);
    return bots[way].get(id).state.keys.set({ session: { [key]: session } });
  };
  await compare('200 bots, 10,000 saves', { 'one RPC each': save('one'), 'stores together': save('together') }, '>= 5');
  const rows = await sql('select session_id, key, value from public.bot_session_data');
  assert.equal(rows.length, stored.size);
  for (const { session_id, key, value } of rows) {
    assert.ok(JSON.parse(value, baileysLike.BufferJSON.reviver).equals(stored.get(`${session_id} ${key}`)), `${session_id} ${key}`);
  }
  print('bytes of a saved value', rows[0].value.length);
}

async function manySessions({ repository, sql }) {
  const count = 10_000;
  await sql(`select from unnest($1::text[]) as id, bot_session_start(id, 'w0', '1 hour')`, [names(count)]);
  await sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);
  const memory = () => {
    globalThis.gc();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const before = memory();
  const { manager } = createBots(repository, { worker: 'many', restoreConcurrency: 100 });
  const start = performance.now();
  const { restored } = await manager.restoreSessions();
  assert.equal(restored.length, count);
  print('10,000 sessions restored, seconds', seconds(start).toFixed(1));
  await sleep(100);
  print('memory of 10,000 sessions without a bot of their own, MB', (memory() - before).toFixed(1), '<= 40');
  const stopping = performance.now();
  await manager.shutdown();
  print('shutdown of 10,000 sessions with leases, seconds', seconds(stopping).toFixed(1), '<= 5');
  const [left] = await sql(`select count(expires_at)::int as leases, count(*) filter (where status = 'active')::int as active
    from public.bot_sessions natural left join public.bot_session_leases`);
  assert.deepEqual(left, { leases: 0, active: count });
}

async function main() {
  const supabase = await startSupabase();
  try {
    const url = withoutGateway(supabase.postgrest.port);
    const repository = createRepository({ url, key: tokens.service_role, timeout: 60_000 });
    console.log(`${cpus().length} CPUs (${cpus()[0].model}) for client, PostgREST and server; Node ${process.version}`);
    for (const measure of [messages, saves, manySessions]) {
      await measure({ repository, sql: supabase.sql });
      await supabase.sql('delete from public.bot_sessions');
    }
  } finally {
    await supabase.stop();
  }
}

main();
