'use strict';

// examples/node as one of several workers: which bot runs where, and what becomes of a worker that died or slept.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { faults, startExample, takeIntervals } = require('./example.cjs');
const { until } = require('./harness.cjs');

const down = faults['an error of PostgREST'];

let supabase, repository, stored, untilStored, watch, createBots, startService, reset;
before(async () => {
  const example = await startExample();
  ({ supabase, repository, stored, untilStored, watch, createBots, startService, reset } = example);
});
after(() => supabase?.stop());
afterEach(() => reset());

// So long that no machine is too slow for it. Where a test is about what comes later, it makes that happen: see runOut(),
// takeIntervals() and takeDeadlines().
const ttl = 60_000;
const renewal = ttl / 3;

/** A manager that runs bots under leases, and claims only when it is told to. */
const createWorker = (worker, options) => createBots({ worker, ttl, claimInterval: 3_600_000, ...options });

const lease = async (session_id) => {
  const [row] = await supabase.sql(
    'select worker, fence::int, expires_at from public.bot_session_leases where session_id = $1', [session_id],
  );
  return row;
};
const runOut = (...session_ids) =>
  supabase.sql(
    `update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second' where session_id = any ($1)`,
    [session_ids],
  );
/** Sessions whose worker is gone: anybody may claim them. */
async function abandon(...session_ids) {
  for (const session_id of session_ids) await repository.create({ session_id, worker: 'w0', ttl });
  await runOut(...session_ids);
}
/** When bots are to stop by themselves, the newest last: { due, pass }; `pass` makes it that time. */
function takeDeadlines(t) {
  const { setTimeout } = globalThis;
  const { now } = Date;
  const deadlines = [];
  t.mock.method(globalThis, 'setTimeout', (task, ms, ...args) => {
    if (ms > ttl * 0.7) deadlines.push({ due: now() + ms, pass: task });
    return setTimeout(task, ms, ...args);
  });
  return deadlines;
}
/** Lets another worker have a session, behind the back of the one that runs it. */
async function takeOver(session_id) {
  await runOut(session_id);
  // A claim passes over a row that a heartbeat or a renewal has locked at that moment.
  const [taken] = await until('the takeover', async () => {
    const leases = await repository.claim('thief', { max_sessions: 1, ttl: 60_000 });
    return leases.length > 0 && leases;
  });
  assert.equal(taken.session_id, session_id);
  return taken;
}
const events = async (session_id) => (await supabase.events(session_id)).map(({ event, reason }) => [event, reason]);

test('a worker starts, writes, and hands over under its lease', async () => {
  const one = createWorker('w1');
  const two = createWorker('w2');
  const { fence } = await one.manager.startSession({ session_id: 'bot1' });
  assert.deepEqual(await lease('bot1').then((row) => [row.worker, row.fence]), ['w1', fence]);
  one.bots.bot1.message('hello');
  await untilStored('bot1', { last_message: 'hello' });
  await assert.rejects(two.manager.startSession({ session_id: 'bot1' }), { conflict: true, transient: false });
  assert.deepEqual(await two.manager.restoreSessions(), { restored: [], failed: [] });
  assert.deepEqual([two.manager.running(), two.bots], [[], {}]);

  one.bots.bot1.message('last words');
  await one.manager.shutdown();
  assert.ok(one.bots.bot1.stopped);
  assert.deepEqual(await two.manager.restoreSessions(), { restored: ['bot1'], failed: [] });
  const { session } = two.bots.bot1;
  assert.deepEqual([session.previous_status, session.last_message], ['active', 'last words']);
  assert.ok(session.fence > fence);
  await two.manager.endSession({ session_id: 'bot1', reason: 'asked to' });
  assert.deepEqual(await events('bot1'), [
    ['created', null], ['claimed', 'w1'], ['released', 'w1'], ['claimed', 'w2'], ['ended', 'asked to'], ['released', 'w2'],
  ]);
  assert.deepEqual([...one.errors, ...two.errors], []);
});

test('all leases are renewed in one call, every third of the ttl', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createWorker('w1');
  const ids = ['a', 'b', 'c', 'd'];
  for (const session_id of ids) await manager.startSession({ session_id });
  const expiries = async () => (await Promise.all(ids.map(lease))).map(({ expires_at }) => Number(expires_at));
  const before = await expiries();
  const requests = watch();
  pass(renewal);
  await until('the renewal', async () => (await expiries()).every((expires_at, i) => expires_at > before[i]));
  assert.deepEqual(requests, ['bot_session_renew']);
  assert.deepEqual([manager.running(), errors], [ids, []]);
  assert.ok(Object.values(bots).every(({ stopped }) => !stopped));
});

test('a bot whose lease is missing from the renewal is stopped, the others run on', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createWorker('w1');
  for (const session_id of ['taken', 'kept', 'ended']) await manager.startSession({ session_id });
  const { fence } = await takeOver('taken');
  await repository.end('ended', 'by somebody else');
  pass(renewal);
  await until('two bots to be stopped', () => manager.running().length === 1);
  assert.deepEqual([bots.taken.stopped, bots.ended.stopped, bots.kept.stopped], [true, true, false]);
  assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.message]).sort(), [
    ['ended', 'the lease was lost'], ['taken', 'the lease was lost'],
  ]);
  assert.deepEqual(await lease('taken').then((row) => [row.worker, row.fence]), ['thief', fence], 'theirs alone');
  assert.equal((await stored('taken')).status, 'active');
});

test('a bot whose write is refused for a stale fence is stopped', async () => {
  const { manager, bots, errors } = createWorker('w1');
  await manager.startSession({ session_id: 'bot1' });
  await takeOver('bot1');
  bots.bot1.message('late');
  bots.bot1.qr('LATE');
  await until('the bot to be stopped', () => manager.running().length === 0);
  assert.ok(bots.bot1.stopped);
  assert.deepEqual(errors.map(({ error }) => [error.code, error.message]), [['PT409', 'update: fence is stale']]);
  const { last_message, qr_data, status } = await stored('bot1');
  assert.deepEqual({ last_message, qr_data, status }, { last_message: null, qr_data: null, status: 'active' });
});

test('a bot whose heartbeat is refused for a stale fence is stopped', async () => {
  const { manager, bots, errors } = createWorker('w1', { heartbeatInterval: 50 });
  for (const session_id of ['taken', 'kept']) await manager.startSession({ session_id });
  await takeOver('taken');
  await until('the bot to be stopped', () => bots.taken.stopped);
  assert.deepEqual(manager.running(), ['kept']);
  assert.deepEqual(errors.map(({ session_id }) => session_id), ['taken']);
});

test('endSession ends a session whoever runs it; a bot that is gone, only where it still runs', async () => {
  const { manager, bots, errors } = createWorker('w1');
  for (const session_id of ['asked', 'gone']) {
    await manager.startSession({ session_id });
    await takeOver(session_id);
  }
  await manager.endSession({ session_id: 'asked', reason: 'cancelled' });
  assert.equal((await stored('asked')).status, 'inactive');
  bots.gone.ended('logged out');
  await until('both to be stopped', () => manager.running().length === 0);
  assert.equal((await stored('gone')).status, 'active', "it is another worker's");
  assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.conflict]), [['gone', true]]);
});

test('endSession also ends what is only about to be released', async () => {
  const { manager, bots } = createWorker('w1');
  await manager.startSession({ session_id: 'bot1' });
  let release;
  watch((forward, response, name) => (name === 'bot_session_release' ? (release = forward) : forward()));
  const shutdown = manager.shutdown();
  await until('the release', () => release);
  const ending = manager.endSession({ session_id: 'bot1', reason: 'cancelled' });
  release();
  await Promise.all([shutdown, ending]);
  assert.ok(bots.bot1.stopped);
  assert.equal((await stored('bot1')).status, 'inactive');
});

test('endSession also ends what is just stopped because its lease was lost', async () => {
  let report, stop;
  const { manager } = createWorker('w1', {
    async startBot(session, given) {
      report = given;
      return { stop: () => new Promise((resolve) => (stop = resolve)) };
    },
  });
  await manager.startSession({ session_id: 'bot1' });
  await takeOver('bot1');
  report.message('late');
  await until('it to be stopped', () => stop);
  const ending = manager.endSession({ session_id: 'bot1', reason: 'cancelled' });
  stop();
  await ending;
  assert.equal((await stored('bot1')).status, 'inactive');
});

test('a database that is away for less than the ttl stops no bot', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createWorker('w1');
  await manager.startSession({ session_id: 'bot1' });
  const { expires_at } = await lease('bot1');
  supabase.gateway.fault = down;
  pass(renewal);
  await until('it to try again and again', () => errors.length > 5);
  supabase.gateway.fault = null;
  await until('a renewal', async () => (await lease('bot1')).expires_at > expires_at);
  assert.ok(!bots.bot1.stopped);
});

// The one subtle rule: see hold() in botManager.cjs.
const late = 500;
/** A bot has a tenth of the ttl left for stopping, however late the answer that gave it the lease. */
async function assertTenth(session_id, { due }) {
  const spare = (await lease(session_id)).expires_at - due;
  assert.ok(spare > ttl / 10 - late / 2 && spare < ttl / 2, `it stops ${spare} ms before its lease runs out`);
}

for (const [what, fault] of [
  ['answers with errors', () => Promise.reject(new Error('no database'))],
  ['does not answer', () => new Promise(() => {})],
]) {
  test(`a database that ${what} for longer than the ttl: the bots stop before another worker may start them`, async (t) => {
    const pass = takeIntervals(t);
    const deadlines = takeDeadlines(t);
    const { now } = Date;
    let renewals = 0;
    const { manager, bots } = createWorker('w1', {
      repository: {
        ...repository,
        async renew(...args) {
          if (++renewals > 1) return fault();
          const leases = await repository.renew(...args);
          await sleep(late); // the lease counts from the sending all the same
          t.mock.method(Date, 'now', () => now() - 3_600_000); // and meanwhile somebody set the clock back
          return leases;
        },
      },
    });
    await manager.startSession({ session_id: 'bot1' });
    await assertTenth('bot1', deadlines.at(-1));
    pass(renewal);
    await until('the lease to be prolonged', () => deadlines.length === 2);
    await assertTenth('bot1', deadlines.at(-1));
    pass(renewal);
    await until('another renewal', () => renewals > 1);
    deadlines.at(-1).pass();
    await until('the bot to be stopped', () => manager.running().length === 0);
    assert.ok(bots.bot1.stopped);
    assert.equal((await stored('bot1')).status, 'active', 'for another worker to claim');
  });
}

test('a lease that has run out when the answer is read starts no bot', async () => {
  const sleepy = (name) => async (...args) => {
    const answer = await repository[name](...args);
    await sleep(250);
    return answer;
  };
  for (const name of ['create', 'claim', 'update']) {
    const { manager, bots, errors } = createWorker('w1', { ttl: 200, repository: { ...repository, [name]: sleepy(name) } });
    if (name === 'create') {
      await assert.rejects(manager.startSession({ session_id: name }), /the lease ran out before the bot was started/);
    } else {
      await abandon(name);
      const { restored, failed } = await manager.restoreSessions();
      assert.deepEqual([restored, failed.map(({ session_id }) => session_id)], [[], [name]]);
    }
    await until('nothing to run', () => manager.running().length === 0);
    assert.deepEqual(bots, {}, name);
    assert.ok(errors.length > 0);
    await manager.shutdown();
    await supabase.sql('delete from public.bot_sessions');
  }
});

test('a lease that was claimed counts from when it was asked for', async (t) => {
  const deadlines = takeDeadlines(t);
  const { manager } = createWorker('w1', {
    repository: {
      ...repository,
      async claim(...args) {
        const leases = await repository.claim(...args);
        await sleep(late);
        return leases;
      },
    },
  });
  await abandon('bot1');
  assert.deepEqual((await manager.restoreSessions()).restored, ['bot1']);
  await assertTenth('bot1', deadlines.at(-1));
});

test('a bot that is still starting has its lease renewed, and is stopped when that is lost', async (t) => {
  const pass = takeIntervals(t);
  let connect;
  let stopped = false;
  const { manager, errors } = createWorker('w1', {
    async startBot() {
      await new Promise((resolve) => (connect = resolve));
      return { stop: () => (stopped = true) };
    },
  });
  const starting = manager.startSession({ session_id: 'bot1' });
  await until('it to connect', () => connect);
  const { expires_at } = await lease('bot1');
  pass(renewal);
  await until('a renewal', async () => (await lease('bot1')).expires_at > expires_at);
  await takeOver('bot1');
  pass(renewal);
  await until('the loss to be noticed', () => errors.length > 0);
  connect();
  await starting;
  await until('it to be stopped', () => stopped);
  await until('nothing to run', () => manager.running().length === 0);
});

test('a worker that gets its own lost session back starts its bot anew', async () => {
  const { manager, bots, errors } = createWorker('w1');
  const { fence } = await manager.startSession({ session_id: 'bot1' });
  await runOut('bot1');
  assert.deepEqual((await manager.restoreSessions()).restored, ['bot1']);
  assert.equal(bots.bot1.starts, 2);
  assert.ok(bots.bot1.session.fence > fence);
  bots.bot1.message('hello');
  await untilStored('bot1', { last_message: 'hello' });
  assert.deepEqual(errors.map(({ session_id }) => session_id), ['bot1']);
});

test('a worker claims no more than it can run, and leaves others their share', async () => {
  const ids = Array.from({ length: 9 }, (_, i) => `bot${i}`);
  await abandon(...ids);
  const one = createWorker('w1', { maxSessions: 4, restoreConcurrency: 3 });
  const two = createWorker('w2', { restoreConcurrency: 2 });
  const requests = watch();
  const [first, second] = await Promise.all([one, two].map(({ manager }) => manager.restoreSessions()));
  assert.ok(first.restored.length > 0 && first.restored.length <= 4, requests.join());
  const third = await two.manager.restoreSessions(); // what was locked when both asked
  assert.deepEqual([...first.restored, ...second.restored, ...third.restored].sort(), ids);
  assert.deepEqual([...one.errors, ...two.errors], []);
});

test('a claimed bot that cannot start stays active, and is tried again when its lease has run out', async (t) => {
  const pass = takeIntervals(t);
  await abandon('bot1');
  let broken = true;
  const { manager, bots } = createWorker('w1', { fail: () => broken });
  const { failed } = await manager.restoreSessions();
  assert.match(failed[0].error.message, /no connection to the messenger/);
  assert.equal((await stored('bot1')).status, 'active');
  broken = false;
  const { expires_at } = await lease('bot1');
  pass(renewal);
  assert.deepEqual((await manager.restoreSessions()).restored, []);
  assert.deepEqual((await lease('bot1')).expires_at, expires_at, 'nobody renews it');
  await runOut('bot1');
  assert.deepEqual((await manager.restoreSessions()).restored, ['bot1']);
  assert.ok(!bots.bot1.stopped);
});

test('a bot that hangs while it starts or stops does not keep others from being claimed', async (t) => {
  const pass = takeIntervals(t);
  const hanging = [];
  const hang = () => new Promise((resolve) => hanging.push(resolve));
  const started = [];
  const { manager } = createWorker('w1', {
    claimInterval: 100,
    async startBot({ session_id }) {
      started.push(session_id);
      if (session_id === 'hangs') await hang();
      return { stop: () => session_id === 'sticks' && hang() };
    },
  });
  await manager.startSession({ session_id: 'sticks' });
  await runOut('sticks');
  pass(100); // it claims the session itself, and has to stop the bot that it has
  await until('it to be stopped', () => hanging.length === 1);
  for (const session_id of ['hangs', 'other']) {
    await abandon(session_id);
    await until('the claim', async () => {
      pass(100);
      return started.includes(session_id);
    });
  }
  assert.deepEqual(started, ['sticks', 'hangs', 'other']);
  for (const resolve of hanging) resolve();
});

test('of bots that hang while they start, a worker has no more at once than may connect', async (t) => {
  const pass = takeIntervals(t);
  const ids = ['a', 'b', 'c', 'd', 'e'];
  await abandon(...ids);
  const connects = [];
  createWorker('w1', {
    claimInterval: 100, restoreConcurrency: 2,
    startBot: () => new Promise((resolve) => connects.push(() => resolve({ stop() {} }))),
  });
  pass(100);
  for (let count = 2; count <= ids.length; count++) {
    await until(`${count} bots`, () => connects.length >= count);
    pass(100);
    await sleep(50);
    assert.equal(connects.length, count, 'two at once');
    connects[count - 2]();
  }
  connects.at(-1)();
});

test('what was just claimed when the worker shuts down is released', async () => {
  await abandon('bot1');
  const { manager, bots } = createWorker('w1');
  let answer;
  watch((forward, response, name) => (name === 'bot_session_claim' ? (answer = forward) : forward()));
  const restoring = manager.restoreSessions();
  await until('the claim', () => answer);
  const shutdown = manager.shutdown();
  watch((forward) => setTimeout(forward, 100));
  answer();
  await shutdown; // after which the process may end, so:
  assert.deepEqual((await events('bot1')).slice(-2), [['claimed', 'w1'], ['released', 'w1']]);
  assert.deepEqual((await restoring).failed.map(({ session_id }) => session_id), ['bot1']);
  assert.deepEqual(bots, {});
});

test('a bot that is slow to stop keeps its lease until it has stopped', async (t) => {
  const pass = takeIntervals(t);
  let stop;
  const { manager } = createWorker('w1', {
    startBot: async () => ({ stop: () => new Promise((resolve) => (stop = resolve)) }),
  });
  await manager.startSession({ session_id: 'bot1' });
  const shutdown = manager.shutdown();
  await until('it to be stopped', () => stop);
  const { expires_at } = await lease('bot1');
  pass(renewal);
  await until('a renewal', async () => (await lease('bot1')).expires_at > expires_at);
  assert.deepEqual(await repository.claim('thief', { max_sessions: 1, ttl }), []);
  stop();
  await shutdown;
  assert.throws(() => pass(renewal), /one task/, 'no timer keeps the process from ending');
  assert.equal((await repository.claim('heir', { max_sessions: 1, ttl })).length, 1);
});

/** `count` services that share the bots, and among them all the sessions of `ids`, each started by one of them. */
async function startServices(count, ids, seconds = ttl / 1000) {
  const share = Math.ceil(ids.length / count);
  const services = [];
  for (let i = 0; i < count; i++) {
    const mine = ids.slice(i * share, (i + 1) * share);
    const service = startService(mine, { LEASE_SECONDS: String(seconds), CLAIM_SECONDS: '0.2' });
    services.push({ ...service, mine });
  }
  for (const { started, mine } of services) await started(mine.length);
  return services;
}
const startsOf = (services, session_id) =>
  services.flatMap(({ did }) => did).filter(({ did, session }) => did === 'start' && session.session_id === session_id);
/** So many more looks for sessions that nobody runs. */
async function untilClaims(count) {
  const requests = watch();
  await until('claims', () => requests.filter((name) => name === 'bot_session_claim').length >= count);
  supabase.gateway.fault = null;
}

test('three processes, one is killed: its bots run elsewhere when their leases have run out', async () => {
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
  const [victim, heir] = await startServices(2, [...ids, 'mine', 'too'], 5);
  victim.child.kill('SIGKILL');
  await victim.exited;
  const leases = await Promise.all(ids.map(lease));
  await until('the heir to run all', () => ids.every((id) => startsOf([heir], id).length > 0));
  for (const [i, { worker, expires_at }] of leases.entries()) {
    const [{ happened_at }] = await supabase.sql(
      `select happened_at from public.bot_session_events
        where session_id = $1 and event = 'claimed' and reason <> $2 order by event_id limit 1`,
      [ids[i], worker],
    );
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
    if (name === 'bot_session_touch' && !late) [late, response] = [forward, answer];
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
  assert.deepEqual([response.statusCode, response.statusMessage], [409, 'fence is stale']);

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
  const service = startService([], { LEASE_SECONDS: '60', CLAIM_SECONDS: '0.2' });
  await until('the boot to end', () => service.output().includes('0 sessions restored, 0 failed'));
  await untilClaims(3);
  await abandon('bot1');
  await service.started(1);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, [0, null], service.output());
});

test('bots that stopped because the database was away run again when it is back', async () => {
  const service = startService(['bot1'], { LEASE_SECONDS: '2', CLAIM_SECONDS: '0.2' });
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
