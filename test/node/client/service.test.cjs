'use strict';

// The service of examples/node in processes of its own, one of them and several: killed, stopped, paused, deployed anew.

const assert = require('node:assert/strict');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { before, after, afterEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../harness.cjs');
const { down, startBots } = require('./bots.cjs');

const root = resolve(__dirname, '../../../examples/node');

let supabase, stored, untilStored, events, watch, startService, example, reset, stop;
before(async () => {
  const started = await startBots();
  ({ supabase, stored, untilStored, events, watch, startService, example, reset, stop } = started);
});
after(() => stop?.());
afterEach(() => reset());

/** The same with short times. */
const quick = (options) => ({ script: join(__dirname, 'quick-service.cjs'), MANAGER_OPTIONS: JSON.stringify({ claimInterval: 200, ...options }) });

const runOut = (...session_ids) =>
  supabase.sql(
    `update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second' where session_id = any ($1)`,
    [session_ids],
  );
const lease = async (session_id) => {
  const [row] = await supabase.sql('select worker, expires_at from public.bot_session_leases where session_id = $1', [session_id]);
  return row;
};
const startsOf = (services, session_id) =>
  services.flatMap(({ did }) => did).filter(({ did, session }) => did === 'start' && session.session_id === session_id);

/** `count` services that share the bots, and among them all the sessions of `ids`, each started by one of them. */
async function startServices(count, ids, options) {
  const share = Math.ceil(ids.length / count);
  const services = [];
  for (let i = 0; i < count; i++) {
    const mine = ids.slice(i * share, (i + 1) * share);
    services.push({ ...startService(mine, quick(options)), mine });
  }
  for (const { started, mine } of services) await started(mine.length);
  return services;
}

/** So many more looks for sessions that nobody runs. */
async function untilClaims(count) {
  const requests = watch();
  await until('claims', () => requests.filter((name) => name === 'bot_session_claim').length >= count);
  supabase.gateway.fault = null;
}

test('the service is stopped and started again: all bots are back', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `bot${String(i).padStart(2, '0')}`);
  const first = startService([...ids, 'gone']);
  await first.started(21);
  first.tell('bot01', 'message', 'before the restart');
  first.tell('gone', 'ended', 'logged out');
  await untilStored('gone', { status: 'inactive' });
  first.tell('bot02', 'message', 'last words');
  await untilStored('bot02', { last_message: 'last words' });
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.exited, [0, null], first.output());
  assert.deepEqual(first.did.filter(({ did }) => did === 'stop').map(({ session_id }) => session_id).sort(), [...ids, 'gone'].sort());
  assert.deepEqual(await supabase.sql(`select status, count(*)::int from public.bot_sessions group by status order by status`), [
    { status: 'active', count: 20 }, { status: 'inactive', count: 1 },
  ]);

  const second = startService();
  const sessions = await second.started(20);
  assert.deepEqual(sessions.map(({ session_id, previous_status }) => [session_id, previous_status]), ids.map((id) => [id, 'active']));
  assert.deepEqual([sessions[1].last_message, sessions[2].last_message], ['before the restart', 'last words']);
  await until('the boot to end', () => second.output().includes('20 sessions restored, 0 failed'));
  const worker = await lease('bot00').then((row) => row.worker);
  assert.deepEqual((await events('bot00')).map(([event]) => event), ['created', 'claimed', 'released', 'claimed']);
  assert.ok(worker.includes(`-${second.child.pid}-`), worker);
  second.child.kill('SIGINT');
  assert.deepEqual(await second.exited, [0, null], second.output());
  assert.match(second.output(), /^20 sessions restored, 0 failed\n$/, 'no warning, no error');
});

test('the service is killed: its bots are back when their leases have run out, with what was written', async () => {
  const ids = ['bot1', 'bot2', 'bot3', 'bot4'];
  const first = startService(ids);
  await first.started(4);
  first.tell('bot1', 'qr', 'QR');
  first.tell('bot1', 'message', 'before the crash');
  await untilStored('bot1', { qr_data: 'QR', last_message: 'before the crash' });
  for (let i = 0; i < 500; i++) first.tell('bot2', 'message', `${i}`); // and in the middle of its writes
  await until('a write of bot2', async () => (await stored('bot2')).last_message !== null);
  first.child.kill('SIGKILL');
  assert.deepEqual(await first.exited, [null, 'SIGKILL']);
  await sleep(100); // what the server has under way
  const { last_message } = await stored('bot2');

  await runOut(...ids);
  const second = startService();
  const sessions = await second.started(4);
  assert.deepEqual(sessions.map(({ session_id, previous_status }) => [session_id, previous_status]), ids.map((id) => [id, 'active']));
  assert.deepEqual([sessions[0].qr_data, sessions[0].last_message], [null, 'before the crash']);
  assert.ok(Number(sessions[1].last_message) >= Number(last_message), 'nothing that was stored is lost');
  assert.equal((await stored('bot1')).qr_data, null, 'the code that nobody can scan any more is removed');
});

test('the service goes on without bots until it is told to stop', async () => {
  const service = startService();
  await until('the boot to end', () => service.output().includes('0 sessions restored, 0 failed'));
  await Promise.race([service.exited, sleep(300)]);
  assert.equal(service.child.exitCode, null);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, [0, null]);
});

test('the service does not come up without a database', async () => {
  supabase.gateway.fault = down;
  const { exited, output } = startService();
  assert.deepEqual(await exited, [1, null]);
  assert.match(output(), /overview: no database/);
});

test('any part of the service starts a bot with the two lines of the README, from whatever folder it runs', async () => {
  const script = join(example, 'backend/controllers/bots.cjs');
  mkdirSync(join(script, '..'));
  writeFileSync(script, `
const botManager = require('../services/botManager.cjs');
process.chdir('/');
(async () => {
  console.log(Object.keys(
await botManager.startSession({ session_id: 'bot1' })
  ).includes('session_id'), botManager.running().join());
  await botManager.shutdown();
})();
`);
  const service = startService([], { script });
  assert.deepEqual(await service.exited, [0, null], service.output());
  assert.equal(service.output(), 'true bot1\n', 'and it ends by itself');
});

test('the example has its files where such a service looks for them, and forty lines in all', () => {
  const files = ['backend/repositories/botSessionsRepository.cjs', 'backend/services/botManager.cjs', 'bot.cjs', 'index.cjs'];
  const lines = files.flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'));
  const code = lines.filter((line) => !/^\s*(\/\/.*|\/?\*.*)?$/.test(line));
  assert.ok(code.length <= 40, `${code.length} lines`);
});

test('three processes, one is killed: its bots run elsewhere when its leases have run out', async () => {
  const ids = Array.from({ length: 9 }, (_, i) => `bot${i}`);
  const [victim, ...others] = await startServices(3, ids);
  victim.tell(victim.mine[0], 'message', 'before the crash');
  await untilStored(victim.mine[0], { last_message: 'before the crash' });
  victim.child.kill('SIGKILL');
  await victim.exited;
  await untilClaims(6);
  for (const id of ids) assert.equal(startsOf([victim, ...others], id).length, 1, 'the leases are live');

  await runOut(...victim.mine);
  const starts = () => victim.mine.map((id) => startsOf(others, id));
  await until('all to run elsewhere', () => starts().every((times) => times.length === 1));
  assert.equal(starts()[0][0].session.last_message, 'before the crash');
  for (const id of ids) assert.equal(startsOf(others, id).length, 1, 'each once, and the others ran on');
  assert.ok(others.every(({ did }) => did.every((message) => message.did === 'start')));
  const { body } = await supabase.request('/rpc/bot_session_overview');
  assert.deepEqual(body.map(({ state }) => state), ids.map(() => 'running'));
});

test('a process is killed: another runs its bots once the leases have run out by themselves, and not before', async () => {
  const ids = ['a', 'b'];
  const [victim] = await startServices(2, [...ids, 'mine', 'too'], { ttl: 4000 });
  victim.child.kill('SIGKILL');
  await victim.exited;
  const leases = await Promise.all(ids.map(lease));
  for (const [i, { worker, expires_at }] of leases.entries()) {
    const [{ happened_at }] = await until('the heir to have them', async () => {
      const claimed = await supabase.sql(
        `select happened_at from public.bot_session_events
          where session_id = $1 and event = 'claimed' and reason <> $2 order by event_id limit 1`,
        [ids[i], worker],
      );
      return claimed.length > 0 && claimed;
    });
    assert.ok(happened_at >= expires_at, `${ids[i]}: its lease was live`);
  }
});

test('a process that is told to stop hands its bots over at once', async () => {
  const [leaver, heir] = await startServices(2, ['a', 'b', 'c', 'd']);
  leaver.child.kill('SIGTERM');
  assert.deepEqual(await leaver.exited, [0, null], leaver.output());
  await until('the heir to run all', () => leaver.mine.every((id) => startsOf([heir], id).length === 1));
  for (const id of leaver.mine) {
    const [{ at }] = startsOf([heir], id);
    const stop = leaver.did.find(({ did, session_id }) => did === 'stop' && session_id === id);
    assert.ok(stop.at < at, `${id} is stopped before it is started`);
    assert.deepEqual((await events(id)).map(([event]) => event), ['created', 'claimed', 'released', 'claimed']);
  }
});

test('a process that slept while its leases ran out stops its bots, and its late writes are refused', async () => {
  const [sleeper, heir] = await startServices(2, ['a', 'b']);
  // One write is on its way when it falls asleep, and its bot has more to report when it wakes.
  let late, response;
  watch((forward, answer, name) => {
    if (name === 'bot_session_touch_many' && !late) [late, response] = [forward, answer];
    else forward();
  });
  sleeper.tell('a', 'message', 'of the past');
  await until('the write', () => late);
  sleeper.child.kill('SIGSTOP');
  await runOut('a');
  await until('the heir to run it', () => startsOf([heir], 'a').length === 1);
  heir.tell('a', 'message', 'of the heir');
  await untilStored('a', { last_message: 'of the heir' });
  late();
  await until('the answer to the late write', () => response.writableEnded);
  assert.equal((await stored('a')).last_message, 'of the heir');

  sleeper.tell('a', 'message', 'of the woken');
  sleeper.child.kill('SIGCONT');
  const stopped = ({ did, session_id }) => did === 'stop' && session_id === 'a';
  await until('the sleeper to stop its bot', () => sleeper.did.some(stopped));
  await untilClaims(6);
  const { last_message, status } = await stored('a');
  assert.deepEqual({ last_message, status }, { last_message: 'of the heir', status: 'active' });
  assert.ok(heir.did.every(({ did }) => did === 'start'), 'the heir runs on');
  assert.equal(startsOf([sleeper], 'a').length, 1, 'and the sleeper does not start it again');
  sleeper.child.kill('SIGTERM');
  assert.deepEqual(await sleeper.exited, [0, null], sleeper.output());
});

test('a process without bots goes on looking for some', async () => {
  const service = startService([], quick());
  await until('the boot to end', () => service.output().includes('0 sessions restored, 0 failed'));
  await untilClaims(3);
  await supabase.call('bot_session_start', { session_id: 'bot1', worker: 'w0' });
  await runOut('bot1');
  await service.started(1);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, [0, null], service.output());
});

test('bots that stopped because the database was away run again when it is back', async () => {
  const service = startService(['bot1'], quick({ ttl: 2000 }));
  const times = (what) => service.did.filter(({ did }) => did === what).length;
  await until('the bot to run', () => times('start') > 0);
  supabase.gateway.fault = down;
  await until('it to stop', () => times('stop') === times('start'));
  const before = times('start');
  supabase.gateway.fault = null;
  await until('it to run again', () => {
    assert.equal(service.child.exitCode, null, service.output());
    return times('start') > before;
  });
});

test('answers that come late, in another order or not at all lose nothing that was reported last', async () => {
  const service = startService(['a', 'b', 'c'], quick({ retryDelay: 10 }));
  await service.started(3);
  let count = 0;
  watch((forward, response, name, request) => {
    if (name !== 'bot_session_touch_many') return forward();
    const way = ++count % 5;
    if (way === 1) setTimeout(forward, 30);
    else if (way === 2) request.socket.destroy(); // never arrives
    else if (way === 3) {
      response.writeHead = () => (response.destroy(), response); // arrives, and its answer is lost
      forward();
    } else if (way === 4) down(request, response);
    else forward();
  });
  await until('each of them to have happened', async () => {
    for (const id of ['a', 'b', 'c']) service.tell(id, 'message', `${count} of ${id}`);
    return count > 15;
  });
  for (const id of ['a', 'b', 'c']) service.tell(id, 'message', `last words of ${id}`);
  for (const id of ['a', 'b', 'c']) await untilStored(id, { last_message: `last words of ${id}` });
});
