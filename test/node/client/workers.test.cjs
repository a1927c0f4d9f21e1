'use strict';

// The manager of the package under leases: which bot runs where, and what becomes of one whose lease is lost.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../harness.cjs');
const { down, startBots, takeIntervals, takeTimeouts } = require('./bots.cjs');

let supabase, repository, createClient, stored, untilStored, events, watch, createBots, reset, stop;
before(async () => {
  const started = await startBots();
  ({ supabase, repository, createClient, stored, untilStored, events, watch, createBots, reset, stop } = started);
});
after(() => stop?.());
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
  await Promise.all(session_ids.map((session_id) => repository.create({ session_id, worker: 'w0', ttl })));
  await runOut(...session_ids);
}
/** When leases are to run out by themselves, the newest last. */
const takeDeadlines = (t) => takeTimeouts(t, (ms) => ms > ttl * 0.7 && ms < ttl);
/** Lets another worker have a session, behind the back of the one that runs it. */
async function takeOver(session_id) {
  await runOut(session_id);
  // A claim passes over a row that a heartbeat or a renewal has locked at that moment.
  const [taken] = await until('the takeover', async () => {
    const leases = await repository.claim('thief', { maxSessions: 1, ttl: 60_000 });
    return leases.length > 0 && leases;
  });
  assert.equal(taken.session_id, session_id);
  return taken;
}
const messages = (errors) => errors.map(({ error, session_id }) => [session_id, error.message]).sort();

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

test('by default every manager is a worker of its own', async () => {
  const managers = [createBots({ worker: undefined }), createBots({ worker: undefined })];
  for (const [i, { manager }] of managers.entries()) await manager.startSession({ session_id: `bot${i}` });
  const names = [(await lease('bot0')).worker, (await lease('bot1')).worker];
  assert.ok(names[0] !== names[1] && names.every((name) => name.includes(`-${process.pid}-`)), names.join());
  assert.deepEqual(await repository.claim('w1'), []);
});

test('restoring takes up what was released, and what was never leased', async () => {
  await abandon('abandoned');
  for (const session_id of ['unleased', 'ended']) await repository.create({ session_id });
  await repository.end('ended');
  const { fence } = await repository.create({ session_id: 'held', worker: 'w0', ttl });
  const { manager, bots, errors } = createWorker('w1');
  const { restored, failed } = await manager.restoreSessions();
  assert.deepEqual([restored.sort(), failed, errors], [['abandoned', 'unleased'], [], []]);
  assert.deepEqual(await lease('held').then((row) => [row.worker, row.fence]), ['w0', fence]);
  assert.deepEqual((await lease('unleased')).worker, 'w1');
  assert.equal(bots.unleased.session.previous_status, 'active');
  assert.equal((await stored('ended')).status, 'inactive');
});

test('of two workers that find the same sessions each gets some, and it is no failure that the other was faster', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `bot${i}`);
  for (const session_id of ids) await repository.create({ session_id });
  const workers = [createWorker('w1'), createWorker('w2')];
  const results = await Promise.all(workers.map(({ manager }) => manager.restoreSessions()));
  assert.deepEqual(results.flatMap(({ restored }) => restored).sort(), [...ids].sort());
  assert.deepEqual([results.flatMap(({ failed }) => failed), workers.flatMap(({ errors }) => errors)], [[], []]);
  for (const id of ids) assert.equal(workers.filter(({ bots }) => bots[id]).length, 1, id);
});

test('all leases are renewed in one call, every third of the ttl, also of bots that are not connected', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createWorker('w1');
  const ids = ['a', 'b', 'c', 'd'];
  for (const session_id of ids) await manager.startSession({ session_id });
  bots.a.connected(false);
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
  await repository.end('ended', { reason: 'by somebody else' });
  pass(renewal);
  await until('two bots to be stopped', () => manager.running().length === 1);
  assert.deepEqual([bots.taken.stopped, bots.ended.stopped, bots.kept.stopped], [true, true, false]);
  assert.deepEqual(messages(errors), [['ended', 'renew: the lease was lost'], ['taken', 'renew: the lease was lost']]);
  assert.ok(errors.every(({ error }) => error.conflict));
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

test('a bot whose heartbeat is refused for a stale fence is stopped', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createWorker('w1', { heartbeatInterval: 240_000 });
  for (const session_id of ['taken', 'kept']) await manager.startSession({ session_id });
  await takeOver('taken');
  pass(240_000);
  await until('the bot to be stopped', () => bots.taken.stopped);
  await until('the other to run on', () => manager.running().join() === 'kept');
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

test('what a bot logs in with is forgotten where its end says so, and kept otherwise', async () => {
  const { manager, bots } = createWorker('w1');
  const ids = ['gone', 'banned', 'cancelled', 'asked'];
  for (const session_id of ids) {
    await manager.startSession({ session_id });
    await supabase.sql(`insert into public.bot_session_data (session_id, kind, key, value) values ($1, 'creds', 'creds', 'x')`, [session_id]);
  }
  bots.gone.ended('logged out', { forget: true });
  bots.banned.ended('banned');
  await manager.endSession({ session_id: 'cancelled', forget: true });
  await manager.endSession({ session_id: 'asked' });
  await until('all to have ended', () => manager.running().length === 0);
  const kept = await supabase.sql('select session_id from public.bot_session_data order by 1');
  assert.deepEqual(kept.map(({ session_id }) => session_id), ['asked', 'banned']);
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

// The one subtle rule: see hold() in bot.js.
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
    const [first] = deadlines;
    pass(renewal);
    await until('the lease to be prolonged', () => deadlines.at(-1) !== first);
    await assertTenth('bot1', deadlines.at(-1));
    pass(renewal);
    await until('another renewal', () => renewals > 1);
    deadlines.at(-1).pass();
    await until('the bot to be stopped', () => manager.running().length === 0);
    assert.ok(bots.bot1.stopped);
    assert.equal((await stored('bot1')).status, 'active', 'for another worker to claim');
  });
}

test('a lease that has run out when the answer is read starts no bot', async (t) => {
  takeIntervals(t); // nothing renews it
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

test('a claimed bot that cannot start keeps its lease until the next try, renewed once', async (t) => {
  const pass = takeIntervals(t);
  const retryDelay = 100_001;
  const retries = takeTimeouts(t, (ms) => ms === retryDelay);
  await abandon('bot1');
  let broken = true;
  const { manager, bots, errors } = createWorker('w1', { fail: () => broken, retryDelay });
  const requests = watch();
  const { failed } = await manager.restoreSessions();
  assert.match(failed[0].error.message, /no connection to the messenger/);
  assert.equal((await stored('bot1')).status, 'active');
  await until('the renewal', () => requests.includes('bot_session_renew'));
  await until('it to be done', async () => (await lease('bot1')).expires_at > Date.now() + retryDelay);
  const { expires_at, fence } = await lease('bot1');
  pass(renewal);
  assert.deepEqual(await manager.restoreSessions(), { restored: [], failed: [] }, 'it does not claim its own');
  assert.deepEqual(await repository.claim('w2'), [], 'nor does another');
  assert.deepEqual((await lease('bot1')).expires_at, expires_at);
  assert.equal(requests.filter((name) => name === 'bot_session_renew').length, 1);
  broken = false;
  retries[0].pass();
  await until('it to run', () => bots.bot1.running);
  assert.deepEqual([bots.bot1.starts, bots.bot1.session.fence, bots.bot1.session.previous_status], [2, fence, 'active']);
  pass(renewal);
  await until('the usual renewal', () => requests.filter((name) => name === 'bot_session_renew').length === 2);
  assert.equal(errors.length, 1);
});

test('a bot that has failed to start, and whose lease is another\'s when it is to be renewed until the next try, is not tried again', async (t) => {
  const retries = takeTimeouts(t, (ms) => ms === 100_001);
  const { manager, bots, errors } = createWorker('w1', {
    retryDelay: 100_001,
    async startBot({ session_id }) {
      await takeOver(session_id);
      throw new Error('no connection to the messenger');
    },
  });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /no connection to the messenger/);
  await until('the renewal', () => errors.length > 1);
  assert.deepEqual(messages(errors), [['bot1', 'no connection to the messenger'], ['bot1', 'renew: the lease was lost']]);
  assert.deepEqual([manager.running(), retries.length, bots], [[], 0, {}]);
});

test('a bot that waits for its next try and whose session is taken or ended elsewhere is not tried again', async (t) => {
  const retries = takeTimeouts(t, (ms) => ms === 1001);
  const { manager, bots, errors } = createWorker('w1', { fail: () => true, retryDelay: 1001 });
  for (const session_id of ['taken', 'ended', 'deleted']) await assert.rejects(manager.startSession({ session_id }));
  const { fence } = await takeOver('taken');
  await repository.end('ended');
  await repository.delete('deleted');
  const requests = watch();
  for (const { pass } of [...retries]) pass();
  await until('the tries', () => requests.length === 3 && errors.length === 4);
  assert.deepEqual(requests, Array(3).fill('bot_session_touch'));
  await assert.rejects(manager.startSession({ session_id: 'taken' }), { conflict: true });
  assert.deepEqual(Object.values(bots).map(({ starts }) => starts), [1, 1, 1]);
  assert.deepEqual([(await lease('taken')).fence, (await stored('ended')).status], [fence, 'inactive']);
  assert.equal(await stored('deleted'), undefined);
  assert.deepEqual([errors.at(-1).session_id, errors.at(-1).error.code], ['deleted', 'PT404']);
  assert.deepEqual(retries, []);
});

test('somebody who asks for a bot that waits for its next try gets it, also where its session was ended meanwhile', async () => {
  let broken = true;
  const { manager, bots } = createWorker('w1', { fail: () => broken, retryDelay: 3_600_000 });
  for (const session_id of ['active', 'ended']) await assert.rejects(manager.startSession({ session_id }));
  await repository.end('ended');
  broken = false;
  for (const session_id of ['active', 'ended']) {
    const { fence } = await manager.startSession({ session_id });
    assert.deepEqual(await lease(session_id).then((row) => [row.worker, row.fence]), ['w1', fence]);
    bots[session_id].message('hello');
    await untilStored(session_id, { status: 'active', last_message: 'hello' });
  }
});

test('a bot whose lease ran out while it waited gets a new one, if nobody else has it', async (t) => {
  const retries = takeTimeouts(t, (ms) => ms === 1001);
  const deadlines = takeDeadlines(t);
  let broken = true;
  const { manager, bots } = createWorker('w1', { fail: () => broken, retryDelay: 1001 });
  for (const session_id of ['free', 'ended']) await assert.rejects(manager.startSession({ session_id }));
  const { fence } = await lease('free');
  for (const { pass } of [...deadlines]) pass();
  await runOut('free', 'ended');
  await repository.end('ended');
  broken = false;
  for (const { pass } of [...retries]) pass();
  await until('it to run', () => bots.free.running);
  assert.ok(bots.free.session.fence > fence);
  await untilStored('ended', { status: 'inactive' });
  await until('only that one to run', () => manager.running().join() === 'free');
  assert.equal(bots.ended.starts, 1);
});

test('bots that hang while they start give their places to others, who then run', async (t) => {
  const patience = takeTimeouts(t, (ms) => ms === 5000);
  const hanging = Array.from({ length: 60 }, (_, i) => `a${String(i).padStart(2, '0')}`);
  const healthy = Array.from({ length: 20 }, (_, i) => `b${String(i).padStart(2, '0')}`);
  await abandon(...hanging);
  await abandon(...healthy);
  await supabase.sql(`update public.bot_session_leases set expires_at = expires_at - interval '1 hour' where session_id like 'a%'`);
  const connects = [];
  let most = 0;
  const { manager, bots } = createWorker('w1', {
    restoreConcurrency: 10,
    async startBot({ session_id }) {
      if (healthy.includes(session_id)) {
        bots[session_id] = { running: true };
        return { stop() {} };
      }
      await new Promise((resolve) => connects.push(resolve));
      return { stop() {} };
    },
  });
  const restoring = manager.restoreSessions();
  for (let held = 10; held <= 60; held += 10) {
    await until(`${held} that hang`, () => connects.length === held);
    most = Math.max(most, patience.length);
    await sleep(20);
    assert.equal(connects.length, held, 'no more than ten at once');
    for (const { pass } of [...patience]) pass();
  }
  await until('the healthy ones to run', () => Object.keys(bots).length === 20);
  assert.equal(most, 10);
  assert.equal(manager.running().length, 80);
  for (const resolve of connects) resolve();
  assert.equal((await restoring).restored.length, 80);
});

test('a bot that hangs while it stops does not keep others from being claimed', async (t) => {
  const pass = takeIntervals(t);
  let stop;
  const started = [];
  const { manager } = createWorker('w1', {
    claimInterval: 100,
    async startBot({ session_id }) {
      started.push(session_id);
      return { stop: () => session_id === 'sticks' && new Promise((resolve) => (stop = resolve)) };
    },
  });
  await manager.restoreSessions();
  await manager.startSession({ session_id: 'sticks' });
  await runOut('sticks');
  pass(100); // it claims the session itself, and has to stop the bot that it has
  await until('it to be stopped', () => stop);
  await abandon('other');
  await until('the claim', async () => {
    pass(100);
    return started.includes('other');
  });
  assert.deepEqual(started, ['sticks', 'other']);
  stop();
});

test('a manager that was not told to restore claims nothing', async (t) => {
  const pass = takeIntervals(t);
  const { manager } = createWorker('w1', { claimInterval: 100 });
  await manager.startSession({ session_id: 'bot1' });
  assert.throws(() => pass(100), /one task/);
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

test('a worker that shuts down does not claim again what it has just released', async () => {
  const { manager } = createWorker('w1');
  await manager.startSession({ session_id: 'bot1' });
  let answer;
  watch((forward, response, name) => (name === 'bot_session_claim' ? (answer = forward) : forward()));
  const restoring = manager.restoreSessions();
  await until('the claim', () => answer);
  const shutdown = manager.shutdown();
  await Promise.race([shutdown, sleep(100)]);
  answer();
  await Promise.all([shutdown, restoring]);
  assert.deepEqual((await events('bot1')).map(([event]) => event), ['created', 'claimed', 'released']);
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
  assert.deepEqual(await repository.claim('thief', { maxSessions: 1, ttl }), []);
  stop();
  await shutdown;
  assert.throws(() => pass(renewal), /one task/, 'no timer keeps the process from ending');
  assert.equal((await repository.claim('heir', { maxSessions: 1, ttl })).length, 1);
});

test('the shutdown of many bots releases all leases, in few requests', async (t) => {
  const pass = takeIntervals(t);
  const ids = Array.from({ length: 500 }, (_, i) => `bot${i}`);
  await supabase.sql(
    `select bot_session_start(id, 'w0', '1 hour') from unnest($1::text[]) as id`, [ids],
  );
  await supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);
  const { manager, bots, errors } = createWorker('w1', { repository: createClient({ timeout: 120_000 }) });
  const { restored, failed } = await manager.restoreSessions();
  assert.deepEqual([restored.length, failed, errors], [500, [], []]);
  let requests = watch();
  pass(renewal);
  await until('the renewal', () => requests.length > 0);
  assert.deepEqual(requests, ['bot_session_renew'], 'for all of them');
  requests = watch();
  for (const id of ids) bots[id].message(`last words of ${id}`);
  await manager.shutdown();
  assert.ok(requests.length <= 5, requests.join());
  assert.deepEqual(await supabase.sql(
    `select count(*)::int as sessions, count(l.expires_at)::int as leases, count(*) filter (where last_message = 'last words of ' || session_id)::int as messages
       from public.bot_sessions left join public.bot_session_leases l using (session_id) where status = 'active'`,
  ), [{ sessions: 500, leases: 0, messages: 500 }]);
  assert.deepEqual(errors, []);
});

test('leases that cannot be released are an error of shutdown, after all was tried', async () => {
  const { manager, bots } = createWorker('w1', { retryDelay: 1 });
  for (const session_id of ['a', 'b']) await manager.startSession({ session_id });
  const requests = watch((forward, response) => down(null, response));
  await assert.rejects(manager.shutdown(), (error) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors.map(({ status }) => status), [503]);
    return true;
  });
  assert.deepEqual(requests, Array(3).fill('bot_session_release'));
  assert.ok(bots.a.stopped && bots.b.stopped);
});

test('a page of renewals that fails holds up no other', async (t) => {
  const pass = takeIntervals(t);
  const renewed = [];
  const { manager } = createWorker('w1', {
    repository: {
      ...repository,
      async create({ session_id }) {
        return { session_id, status: 'active', previous_status: null, qr_data: null, fence: 1 };
      },
      async renew(fences) {
        const ids = Object.keys(fences);
        renewed.push(ids.length);
        if (renewed.length === 1) throw new Error('no answer');
        return ids.map((session_id) => ({ session_id }));
      },
      async release() {},
    },
  });
  for (let i = 0; i < 600; i++) await manager.startSession({ session_id: `bot${i}` });
  pass(renewal);
  await until('all renewals', () => renewed.length === 3);
  assert.deepEqual(renewed, [500, 100, 500]);
});

test('a shutdown while the database does not answer comes to its end', async () => {
  const { updateMany, release } = createClient({ timeout: 100 });
  const { manager, bots } = createWorker('w1', { repository: { ...repository, updateMany, release } });
  const ids = ['a', 'b', 'c', 'd'];
  for (const session_id of ids) await manager.startSession({ session_id });
  const requests = watch(() => {});
  for (const id of ids) bots[id].message('last words');
  await assert.rejects(manager.shutdown(), (error) => {
    assert.ok(error.errors.every(({ timedOut }) => timedOut));
    return true;
  });
  assert.equal(requests.filter((name) => name === 'bot_session_release').length, 1, 'the leases run out anyway');
  assert.ok(requests.length <= 10, requests.join());
});

test('what there is no room for is taken up when there is', async (t) => {
  const pass = takeIntervals(t);
  for (const session_id of ['a', 'b', 'c']) await repository.create({ session_id });
  const { manager } = createWorker('w1', { maxSessions: 2 });
  const { restored } = await manager.restoreSessions();
  assert.equal(restored.length, 2);
  const requests = watch();
  pass(3_600_000);
  await sleep(50);
  assert.deepEqual(requests, [], 'there is no room');
  await manager.endSession({ session_id: restored[0] });
  await until('the third', () => {
    pass(3_600_000);
    return manager.running().length === 2;
  });
});
