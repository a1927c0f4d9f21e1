'use strict';

// What the manager of clients/node makes of PostgREST, beside one call for each message. Prints a table.

const { setTimeout: sleep } = require('node:timers/promises');
const { createBotManager, createRepository } = require('../../clients/node/src/index.js');
const { startSupabase, tokens } = require('../node/harness.cjs');

const seconds = (from) => (performance.now() - from) / 1000;
const print = (what, value, goal) => console.log(`${what.padEnd(64)} ${String(value).padStart(10)}   goal ${goal}`);

/** A manager whose bots can be told what to report, and waited for. */
function createBots(repository, options) {
  const reports = new Map();
  const waiting = new Map();
  const requests = [];
  const manager = createBotManager({
    repository: {
      ...repository,
      async updateMany(elements) {
        requests.push(elements.length);
        const rows = await repository.updateMany(elements);
        for (const { session_id } of elements) waiting.get(session_id)?.();
        return rows;
      },
    },
    heartbeatInterval: 0,
    claimInterval: 3_600_000,
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
  return { manager, message, requests };
}

const names = (count) => Array.from({ length: count }, (_, i) => `bot${String(i).padStart(5, '0')}`);

/** Each of the bots sends its messages one after the other, all bots at once. Messages a second. */
async function rate(ids, messages, send) {
  const start = performance.now();
  await Promise.all(ids.map(async (id) => {
    for (let i = 0; i < messages; i++) await send(id, `message ${i} of ${id}`);
  }));
  return (ids.length * messages) / seconds(start);
}

async function main() {
  const supabase = await startSupabase();
  try {
    const url = withoutGateway(supabase.postgrest.port);
    const repository = createRepository({ url, key: tokens.service_role, timeout: 60_000 });
    {
      const ids = names(200);
      const { manager, message, requests } = createBots(repository, { worker: 'few' });
      const fences = new Map();
      for (const session_id of ids) fences.set(session_id, (await manager.startSession({ session_id })).fence);
      const one = (id, last_message) => repository.update(id, { last_message, fence: fences.get(id) });
      await rate(ids, 5, one);
      await rate(ids, 5, message);
      const single = await rate(ids, 50, one);
      requests.length = 0;
      const queued = await rate(ids, 50, message);
      print('200 bots, 10,000 messages, one RPC each, messages a second', single.toFixed(0), '');
      print(`the same through the manager (${requests.length} requests)`, queued.toFixed(0), '');
      print('manager / one RPC each', (queued / single).toFixed(1), '>= 6');

      const idle = { one: [], message: [] };
      for (let i = 0; i < 1000; i++) {
        for (const [name, send] of Object.entries({ one, message })) {
          const start = performance.now();
          await send(ids[i % 200], `idle ${i}`);
          idle[name].push(performance.now() - start);
        }
      }
      const median = (times) => times.sort((a, b) => a - b)[times.length / 2];
      print('a single message when idle / a bare touch', (median(idle.message) / median(idle.one)).toFixed(2), '<= 1.3');
      await manager.shutdown();
    }

    await supabase.sql(`delete from public.bot_sessions`);
    await supabase.sql(`select from unnest($1::text[]) as id, bot_session_start(id, 'w0', '1 hour')`, [names(10_000)]);
    await supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);
    const memory = () => {
      globalThis.gc();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const before = memory();
    const { manager } = createBots(repository, { worker: 'many', restoreConcurrency: 100 });
    const start = performance.now();
    const { restored } = await manager.restoreSessions();
    print(`${restored.length} sessions restored, seconds`, seconds(start).toFixed(1), '');
    await sleep(100);
    print('memory of 10,000 sessions without a bot of their own, MB', (memory() - before).toFixed(1), '<= 40');
    const stopping = performance.now();
    await manager.shutdown();
    print('shutdown of 10,000 sessions with leases, seconds', seconds(stopping).toFixed(1), '<= 5');
    const [{ leases }] = await supabase.sql('select count(expires_at)::int as leases from public.bot_session_leases');
    print('leases left', leases, '0');
  } finally {
    await supabase.stop();
  }
}

/** PostgREST as a project of Supabase has it, under /rest/v1; the gateway of the tests would be measured too. */
function withoutGateway(port) {
  const { fetch } = globalThis;
  const url = `http://127.0.0.1:${port}`;
  globalThis.fetch = (target, options) => fetch(String(target).replace(`${url}/rest/v1`, url), options);
  return url;
}

main();
