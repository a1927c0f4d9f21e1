'use strict';

// examples/node, through a real PostgREST that returns three rows at once.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { BotSessionsError, createBotSessionsRepository, faults, startExample, takeIntervals } = require('./example.cjs');
const { tokens, until } = require('./harness.cjs');

const down = faults['an error of PostgREST'];

let supabase, repository, stored, untilStored, watch, createBots, startService, reset;
before(async () => {
  const example = await startExample({ maxRows: 3 });
  ({ supabase, repository, stored, untilStored, watch, createBots, startService, reset } = example);
});
after(() => supabase?.stop());
afterEach(() => reset());

test('repository: the life of a session', async () => {
  assert.equal(await repository.read('a'), null);
  assert.equal((await repository.create({ session_id: 'a' })).previous_status, null);
  assert.equal((await repository.create({ session_id: 'a' })).previous_status, 'active');
  assert.equal((await repository.update('a', { last_message: 'hello', qr_data: 'QR' })).qr_data, 'QR');
  assert.equal((await repository.update('a', { qr_data: '' })).qr_data, null);
  assert.equal((await repository.update('a')).last_message, 'hello');
  assert.equal((await repository.end('a', 'over')).status, 'inactive');
  const { session_id, status, last_message } = await repository.read('a');
  assert.deepEqual({ session_id, status, last_message }, { session_id: 'a', status: 'inactive', last_message: 'hello' });
  assert.equal(await repository.delete('a'), true);
  assert.equal(await repository.delete('a'), false);
  assert.equal(await repository.read('a'), null);
});

test('repository: lists everything, though PostgREST returns three rows at once', async () => {
  const ids = ['a', 'b', 'b,c', 'd e', 'f"g"', 'h&i', 'j', 'k'];
  for (const session_id of ids) await repository.create({ session_id });
  await repository.end('j');
  const list = async (filter) => (await repository.list(filter)).map((row) => row.session_id);
  assert.deepEqual(await list(), ids);
  assert.deepEqual(await list({ status: 'active' }), ids.filter((id) => id !== 'j'));
  assert.deepEqual(await list({ status: 'inactive' }), ['j']);
  const inPages = createBotSessionsRepository(supabase.client(), { pageSize: 2 });
  assert.deepEqual((await inPages.list()).map((row) => row.session_id), ids);
});

test('repository: a batch answers for each session, or says that the page was too large', async () => {
  await repository.create({ session_id: 'a' });
  const sessions = ['a', 'x', 'a', 'y'].map((session_id) => ({ session_id }));
  const inPages = createBotSessionsRepository(supabase.client(), { pageSize: 3 });
  assert.deepEqual((await inPages.updateMany(sessions)).map((row) => row.status), ['active', null, 'active', null]);
  await assert.rejects(repository.updateMany(sessions), /of 4 rows 3 were returned/);
});

test('repository: leases that PostgREST does not show are not taken for lost', async () => {
  const fences = {};
  for (const session_id of ['a', 'b', 'c', 'd']) {
    fences[session_id] = (await repository.create({ session_id, worker: 'w1', ttl: 60_000 })).fence;
  }
  const ids = (rows) => rows.map(({ session_id }) => session_id);
  const inPages = createBotSessionsRepository(supabase.client(), { pageSize: 3 });
  assert.deepEqual(ids(await inPages.renew(fences, 60_000)), ['a', 'b', 'c', 'd']);
  assert.deepEqual(ids(await inPages.release(fences)), ['a', 'b', 'c', 'd']);
  assert.deepEqual(ids(await inPages.claim('w2', { max_sessions: 10, ttl: 60_000 })), ['a', 'b', 'c']);
  for (const session_id of ['a', 'b', 'c', 'd']) {
    fences[session_id] = (await repository.create({ session_id, worker: 'w2', ttl: 60_000 })).fence;
  }
  await assert.rejects(repository.renew(fences, 60_000), /of 4 rows 3 were returned/);
  await assert.rejects(repository.release(fences), /of 4 rows 3 were returned/);
  await assert.rejects(repository.claim('w3', { max_sessions: 10, ttl: 60_000 }), /of 4 rows 3 were returned/);
});

for (const [what, fault] of Object.entries(faults)) {
  test(`repository: ${what} is not "no session"`, async () => {
    await repository.create({ session_id: 'a' });
    const impatient = createBotSessionsRepository(supabase.client(), { timeout: 100 });
    supabase.gateway.fault = fault;
    const calls = {
      create: () => impatient.create({ session_id: 'a' }),
      read: () => impatient.read('a'),
      update: () => impatient.update('a', { last_message: 'm' }),
      updateMany: () => impatient.updateMany([{ session_id: 'a' }]),
      end: () => impatient.end('a'),
      delete: () => impatient.delete('a'),
      list: () => impatient.list({ status: 'active' }),
      claim: () => impatient.claim('w1', { max_sessions: 1, ttl: 60_000 }),
      renew: () => impatient.renew({ a: 1 }, 300),
      release: () => impatient.release({ a: 1 }),
    };
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof BotSessionsError, `${name}: ${error}`);
        assert.ok(error.message.startsWith(`${name}: `), error.message);
        assert.deepEqual([error.notFound, error.conflict, error.transient], [false, false, true], name);
        return true;
      });
    }
  });
}

test('repository: errors of the database say which they are', async () => {
  const flags = async (promise) => {
    const error = await promise.then(() => assert.fail('it succeeded'), (reason) => reason);
    return [error.code, error.notFound, error.conflict, error.transient];
  };
  await repository.create({ session_id: 'a' });
  await repository.end('a');
  assert.deepEqual(await flags(repository.update('nobody')), ['PT404', true, false, false]);
  assert.deepEqual(await flags(repository.end('nobody')), ['PT404', true, false, false]);
  assert.deepEqual(await flags(repository.update('a', { qr_data: 'QR' })), ['PT409', false, true, false]);
  assert.deepEqual(await flags(repository.update('a', { lastMessage: 'm' })), ['PGRST202', false, false, false]);
  assert.deepEqual(await flags(repository.create({ session_id: '' })), ['22023', false, false, false]);
  const anonymous = createBotSessionsRepository(supabase.client(tokens.anon));
  assert.deepEqual(await flags(anonymous.read('a')), ['42501', false, false, false]);
  assert.deepEqual(await flags(anonymous.create({ session_id: 'a' })), ['42501', false, false, false]);
});

test('a bot starts, reports, and is ended on request', async () => {
  const { manager, bots, errors } = createBots();
  const row = await manager.startSession({ session_id: 'bot1' });
  assert.equal(row.previous_status, null);
  bots.bot1.qr('QR-1');
  await untilStored('bot1', { qr_data: 'QR-1' });
  bots.bot1.ready();
  await untilStored('bot1', { qr_data: null });
  bots.bot1.message('hello');
  await untilStored('bot1', { last_message: 'hello' });
  bots.bot1.message('bye'); // written before the session is ended
  await manager.endSession({ session_id: 'bot1', reason: 'asked to' });
  await untilStored('bot1', { last_message: 'bye', status: 'inactive' });
  assert.equal(bots.bot1.stopped, true);
  assert.deepEqual(manager.running(), []);
  assert.deepEqual((await supabase.events('bot1')).map(({ event, reason }) => [event, reason]), [
    ['created', null], ['ended', 'asked to'],
  ]);
  const requests = watch();
  bots.bot1.message('too late');
  bots.bot1.ended();
  assert.equal((await repository.read('bot1')).last_message, 'bye');
  assert.deepEqual(requests, ['bot_sessions']);
  const again = await manager.startSession({ session_id: 'bot1' });
  assert.deepEqual([again.previous_status, again.last_message, again.qr_data], ['inactive', 'bye', null]);
  await manager.shutdown();
  assert.deepEqual(errors, []);
});

test('endSession also ends a session without a bot here, and says when there is none', async () => {
  const { manager } = createBots();
  await repository.create({ session_id: 'elsewhere' });
  await manager.endSession({ session_id: 'elsewhere' });
  assert.equal((await stored('elsewhere')).status, 'inactive');
  await assert.rejects(manager.endSession({ session_id: 'nobody' }), { notFound: true });
});

for (const [what, reason, end] of [
  ['that is ended on request', 'asked to', ({ manager }) => manager.endSession({ session_id: 'bot1', reason: 'asked to' })],
  ['that says it is gone', 'logged out', ({ report }) => report.ended('logged out')],
]) {
  test(`a session ${what} while its bot is restored stays ended, also where the bot then fails to start`, async () => {
    await repository.create({ session_id: 'bot1' });
    let report, fail;
    const { manager } = createBots({
      startBot: (session, given) => new Promise((resolve, reject) => ([report, fail] = [given, reject])),
    });
    const restoring = manager.restoreSessions();
    await until('it to connect', () => fail);
    const ending = end({ manager, report });
    fail(new Error('no connection to the messenger'));
    await ending;
    assert.deepEqual((await restoring).restored, []);
    await untilStored('bot1', { status: 'inactive' });
    await until('nothing to run', () => manager.running().length === 0);
    assert.equal((await supabase.events('bot1')).at(-1).reason, reason);
  });
}

test('a start waits for the end of a session whose bot has failed to start', async () => {
  await repository.create({ session_id: 'bot1' });
  let fail;
  const startBot = (session) =>
    session.previous_status === 'active' ? new Promise((resolve, reject) => (fail = reject)) : Promise.resolve({ stop() {} });
  const { manager } = createBots({ startBot });
  const starting = manager.startSession({ session_id: 'bot1' });
  await until('it to connect', () => fail);
  let end;
  const requests = watch((forward, response, name) => (name === 'bot_session_end' ? (end = forward) : forward()));
  const ending = manager.endSession({ session_id: 'bot1' });
  fail(new Error('no connection to the messenger'));
  await assert.rejects(starting);
  const again = manager.startSession({ session_id: 'bot1' });
  await until('the end', () => end);
  await Promise.race([again, sleep(100)]);
  assert.deepEqual(requests, ['bot_session_end']);
  end();
  await Promise.all([ending, again]);
  assert.equal((await stored('bot1')).status, 'active');
  assert.deepEqual(manager.running(), ['bot1']);
});

test('a session that is started and ended in turn is what was asked for last', async () => {
  const { manager, bots } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const end = () => manager.endSession({ session_id: 'bot1' });
  await Promise.all([end(), manager.startSession({ session_id: 'bot1' }), end()]);
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.deepEqual([manager.running(), bots.bot1.stopped], [[], true]);
});

test('starting a session many times at once starts one bot', async () => {
  const { manager, bots } = createBots();
  const rows = await Promise.all(Array.from({ length: 16 }, () => manager.startSession({ session_id: 'bot1' })));
  assert.equal(new Set(rows).size, 1);
  assert.equal(bots.bot1.starts, 1);
  // A start while it is ended waits for that, and then is one bot again.
  const ending = manager.endSession({ session_id: 'bot1' });
  await Promise.all([manager.startSession({ session_id: 'bot1' }), manager.startSession({ session_id: 'bot1' })]);
  await ending;
  assert.equal(bots.bot1.starts, 2);
  assert.equal((await stored('bot1')).status, 'active');
});

test('events that come while a write is under way are written after it, the newest only', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const held = [];
  watch((forward) => held.push(forward));
  bots.bot1.message('first');
  await until('the first write', () => held.length === 1);
  bots.bot1.qr('QR-1');
  for (let i = 0; i < 100; i++) bots.bot1.message(`message ${i}`);
  bots.bot1.ready();
  bots.bot1.qr('QR-2');
  assert.equal(held.length, 1, 'one write at a time');
  const requests = watch();
  held[0]();
  await untilStored('bot1', { last_message: 'message 99', qr_data: 'QR-2' });
  assert.deepEqual(requests, ['bot_session_touch', 'bot_session_touch'], 'one for each column');
  await manager.shutdown();
  assert.deepEqual(errors, []);
});

test('an event in the very moment in which a write returns is not forgotten', async () => {
  for (let ticks = 0; ticks < 10; ticks++) {
    const written = [];
    const { manager, bots } = createBots({
      repository: {
        ...repository,
        update(session_id, { last_message }) {
          if (written.push(last_message) === 1) {
            let moment = Promise.resolve();
            for (let i = 0; i < ticks; i++) moment = moment.then(() => {});
            moment.then(() => bots.bot1.message('second'));
          }
          return Promise.resolve({ status: 'active' });
        },
      },
    });
    await manager.startSession({ session_id: 'bot1' });
    bots.bot1.message('first');
    await new Promise(setImmediate);
    assert.deepEqual(written, ['first', 'second'], `after ${ticks} ticks`);
  }
});

test('a session is ended after its last write, not before', async () => {
  const { manager, bots } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const held = [];
  const requests = watch((forward) => held.push(forward));
  bots.bot1.message('last words');
  await until('the write', () => held.length === 1);
  const ending = manager.endSession({ session_id: 'bot1' });
  await until('the bot to stop', () => bots.bot1.stopped);
  await Promise.race([ending, sleep(100)]);
  assert.deepEqual(requests, ['bot_session_touch']);
  supabase.gateway.fault = null;
  held[0]();
  await ending;
  await untilStored('bot1', { status: 'inactive', last_message: 'last words' });
});

test('the last write is tried once more where it fails while the bot is stopped', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const held = [];
  watch((forward, response) => held.push(response));
  bots.bot1.message('last words');
  await until('the write', () => held.length === 1);
  const ending = manager.endSession({ session_id: 'bot1' });
  await until('the bot to stop', () => bots.bot1.stopped);
  supabase.gateway.fault = null;
  faults['a page of the gateway'](null, held[0]);
  await ending;
  await untilStored('bot1', { status: 'inactive', last_message: 'last words' });
  assert.deepEqual(errors.map(({ error }) => error.status), [502]);
});

test('what could not be written is written when the database is back', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const held = [];
  watch((forward, response) => held.push(response));
  bots.bot1.qr('QR');
  await until('the first write', () => held.length === 1);
  bots.bot1.message('older');
  supabase.gateway.fault = down;
  down(null, held[0]);
  await until('some tries', () => errors.length > 2);
  watch((forward, response) => held.push(response));
  await until('another try', () => held.length === 2);
  bots.bot1.message('newest');
  supabase.gateway.fault = null;
  down(null, held[1]);
  await untilStored('bot1', { last_message: 'newest', qr_data: 'QR' });
  assert.ok(errors.every(({ error, session_id }) => error.status === 503 && session_id === 'bot1'));
});

test('a write that the database refuses is reported and does not hold up the next', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  bots.bot1.message('nul \0');
  await until('the error', () => errors.length > 0);
  bots.bot1.message('next');
  await untilStored('bot1', { last_message: 'next' });
  assert.deepEqual(errors.map(({ error }) => error.code), ['22P05']);
});

test('a value that the database refuses takes no other with it', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  bots.bot1.qr('QR');
  await untilStored('bot1', { qr_data: 'QR' });
  const held = [];
  watch((forward) => held.push(forward));
  bots.bot1.message('first');
  await until('the write', () => held.length === 1);
  bots.bot1.ready();
  bots.bot1.message('nul \0');
  supabase.gateway.fault = null;
  held[0]();
  await untilStored('bot1', { qr_data: null });
  await until('the error', () => errors.length > 0);
  bots.bot1.message('half of \ud83d');
  bots.bot1.qr('QR-2');
  await untilStored('bot1', { qr_data: 'QR-2', last_message: 'first' });
  await manager.shutdown();
  assert.deepEqual(errors.map(({ error }) => error.code), ['22P05', 'PGRST102']);
});

test('a session that was ended or deleted elsewhere loses its bot', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['qr', 'message', 'deleted', 'kept']) await manager.startSession({ session_id });
  await repository.end('qr');
  await repository.end('message');
  await repository.delete('deleted');
  bots.qr.qr('QR');
  bots.message.message('hello');
  bots.deleted.message('hello');
  bots.kept.message('hello');
  await until('three bots stopped', () => manager.running().length === 1);
  await untilStored('kept', { last_message: 'hello', status: 'active' });
  assert.deepEqual(Object.entries(bots).map(([id, { stopped }]) => [id, stopped]), [
    ['qr', true], ['message', true], ['deleted', true], ['kept', false],
  ]);
  assert.deepEqual(errors.map(({ session_id }) => session_id).sort(), ['deleted', 'message', 'qr']);
  assert.equal(await repository.read('deleted'), null, 'it was not created again');
});

test('a bot that is gone for good ends its session', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  bots.bot1.ended('logged out');
  await untilStored('bot1', { status: 'inactive' });
  assert.equal((await supabase.events('bot1')).at(-1).reason, 'logged out');
  await until('it to be gone', () => manager.running().length === 0);
  assert.deepEqual(errors, []);
});

test('heartbeats keep silent bots alive and notice sessions that were ended', async () => {
  const inPages = createBotSessionsRepository(supabase.client(), { pageSize: 3 });
  const { manager, bots, errors } = createBots({ repository: inPages, heartbeatInterval: 30 });
  for (const session_id of ['a', 'b', 'c', 'd']) await manager.startSession({ session_id });
  const { updated_at } = await stored('a');
  await until('a heartbeat', async () => (await stored('a')).updated_at > updated_at);
  await repository.end('b');
  await repository.delete('c');
  await until('two bots stopped', () => bots.b.stopped && bots.c.stopped);
  assert.deepEqual(manager.running(), ['a', 'd']);
  assert.deepEqual(errors.map(({ session_id }) => session_id).sort(), ['b', 'c']);
  supabase.gateway.fault = down;
  await until('a heartbeat that failed', () => errors.some(({ error }) => error.status === 503));
  assert.deepEqual(manager.running(), ['a', 'd'], 'no answer is no reason to stop a bot');
  supabase.gateway.fault = null;
});

test('a silent bot writes seldom, but before it looks stale', async (t) => {
  const pass = takeIntervals(t);
  const { manager } = createBots({ heartbeatInterval: undefined });
  await manager.startSession({ session_id: 'bot1' });
  const requests = watch();
  pass(4 * 60_000); // bot_session_overview calls a session stale after five minutes
  await until('a heartbeat', () => requests.length > 0);
  assert.deepEqual(requests, ['bot_session_touch_many']);
});

test('a bot that cannot start leaves no active session, and may be started again', async () => {
  let broken = true;
  const { manager, errors } = createBots({ fail: () => broken });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /no connection to the messenger/);
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.equal((await supabase.events('bot1')).at(-1).reason, 'failed to start');
  assert.deepEqual(manager.running(), []);
  broken = false;
  assert.equal((await manager.startSession({ session_id: 'bot1' })).previous_status, 'inactive');
  await manager.shutdown();
  assert.deepEqual(errors, []);
});

test('a bot that hangs while it starts has failed to, and is stopped if it comes up later', async () => {
  let connect;
  let stopped = 0;
  const { manager, errors } = createBots({ botTimeout: 50, startBot: () => new Promise((resolve) => (connect = resolve)) });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /bot1 did not start in 50 ms/);
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.deepEqual([manager.running(), errors], [[], []]);
  connect({ stop: () => stopped++ });
  await until('it to be stopped', () => stopped === 1);
});

test('a bot that hangs while it stops does not keep its session from being ended', async () => {
  const { manager, errors } = createBots({ botTimeout: 50, startBot: async () => ({ stop: () => new Promise(() => {}) }) });
  await manager.startSession({ session_id: 'bot1' });
  await manager.endSession({ session_id: 'bot1' });
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.deepEqual(manager.running(), []);
  assert.deepEqual(errors.map(({ error }) => error.message), ['bot1 did not stop in 50 ms']);
});

test('without a database nothing starts, nothing is restored, and nothing is taken for ended', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  supabase.gateway.fault = down;
  bots.bot1.message('lost');
  await assert.rejects(manager.startSession({ session_id: 'bot2' }), { transient: true });
  await assert.rejects(manager.restoreSessions(), { transient: true });
  await assert.rejects(manager.endSession({ session_id: 'bot3' }), { transient: true, notFound: false });
  await assert.rejects(manager.shutdown(), (error) => {
    assert.deepEqual(error.errors.map(({ status }) => status), [503]);
    return true;
  });
  assert.deepEqual(Object.keys(bots), ['bot1']);
  assert.ok(errors.length > 0 && errors.every(({ error }) => error.message.startsWith('update: ')));
  assert.equal((await stored('bot1')).status, 'active', 'the next boot will restore it');
});

test('restoring starts all active sessions, whatever happens to some of them', async () => {
  for (const session_id of ['a', 'b', 'c', 'd', 'e', 'ended', 'raced']) await repository.create({ session_id });
  await repository.update('a', { last_message: 'hello', qr_data: 'QR' });
  await repository.end('ended');
  const raced = {
    ...repository,
    async list(filter) {
      const rows = await repository.list(filter);
      await repository.end('raced', 'ended after the list was read');
      return rows;
    },
  };
  const { manager, bots, errors } = createBots({
    repository: raced, restoreConcurrency: 2, fail: (session_id) => session_id === 'c',
  });
  const { restored, failed } = await manager.restoreSessions();
  assert.deepEqual(restored.sort(), ['a', 'b', 'd', 'e']);
  assert.deepEqual(failed.map(({ session_id }) => session_id).sort(), ['c', 'raced']);
  assert.deepEqual(errors.map(({ session_id }) => session_id).sort(), ['c', 'raced']);
  const { last_message, qr_data, previous_status } = bots.a.session;
  assert.deepEqual({ last_message, qr_data, previous_status }, {
    last_message: 'hello', qr_data: 'QR', previous_status: 'active',
  });
  assert.equal((await stored('c')).status, 'active', 'the next boot tries it again');
  assert.equal((await stored('raced')).status, 'inactive', 'what was ended stays ended');
});

test('restoring tries again what the database did not answer', async () => {
  for (const session_id of ['a', 'b']) await repository.create({ session_id });
  const { manager, bots, errors } = createBots({ restoreConcurrency: 1 });
  let failures = 0;
  watch((forward, response, name) => (name === 'bot_session_start' && ++failures < 3 ? down(null, response) : forward()));
  assert.deepEqual(await manager.restoreSessions(), { restored: ['a', 'b'], failed: [] });
  assert.deepEqual(Object.values(bots).map(({ starts }) => starts), [1, 1]);
  assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.status]), [['a', 503], ['a', 503]]);
});

test('shutdown ends a restoring that goes on without a database', async () => {
  await repository.create({ session_id: 'a' });
  const { manager, errors } = createBots();
  watch((forward, response, name) => (name === 'bot_session_start' ? down(null, response) : forward()));
  const restoring = manager.restoreSessions();
  await until('some tries', () => errors.length > 2);
  await manager.shutdown();
  assert.deepEqual((await restoring).failed.map(({ session_id }) => session_id), ['a']);
});

test('shutdown writes what is left, ends all sessions, and nothing starts after it', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['a', 'b']) await manager.startSession({ session_id });
  const starting = manager.startSession({ session_id: 'c' });
  bots.a.message('last words');
  await manager.shutdown();
  await starting;
  const rows = await supabase.sql('select session_id, status, last_message from public.bot_sessions order by 1');
  assert.deepEqual(rows, [
    { session_id: 'a', status: 'inactive', last_message: 'last words' },
    { session_id: 'b', status: 'inactive', last_message: null },
    { session_id: 'c', status: 'inactive', last_message: null },
  ]);
  assert.ok(Object.values(bots).every(({ stopped }) => stopped));
  assert.equal((await supabase.events('a')).at(-1).reason, 'shutdown');
  await assert.rejects(manager.startSession({ session_id: 'd' }), /shut down/);
  assert.equal(await stored('d'), undefined);
  assert.deepEqual(errors, []);
});

test('the service restores all sessions after it was killed, and ends them when it is told to stop', async () => {
  const ids = ['bot1', 'bot2', 'bot3', 'bot4'];
  const first = startService([...ids, 'bot5']);
  await first.started(5);
  first.tell('bot1', 'qr', 'QR');
  first.tell('bot1', 'message', 'before the crash');
  first.tell('bot5', 'ended', 'logged out');
  await untilStored('bot1', { qr_data: 'QR', last_message: 'before the crash' });
  await untilStored('bot5', { status: 'inactive' });
  for (let i = 0; i < 500; i++) first.tell('bot2', 'message', `${i}`); // and in the middle of its writes
  await until('a write of bot2', async () => (await stored('bot2')).last_message !== null);
  first.child.kill('SIGKILL');
  assert.deepEqual(await first.exited, [null, 'SIGKILL']);
  const { last_message } = await stored('bot2');

  const second = startService();
  const sessions = await second.started(4);
  assert.deepEqual(sessions.map((session) => [session.session_id, session.previous_status]), ids.map((id) => [id, 'active']));
  assert.equal(sessions[0].qr_data, 'QR');
  assert.equal(sessions[0].last_message, 'before the crash');
  assert.ok(Number(sessions[1].last_message) >= Number(last_message), 'nothing that was stored is lost');
  await until('the boot to end', () => second.output().includes('4 sessions restored, 0 failed'));

  second.child.kill('SIGTERM');
  assert.deepEqual(await second.exited, [0, null], second.output());
  assert.deepEqual(second.did.filter(({ did }) => did === 'stop').map(({ session_id }) => session_id).sort(), ids);
  const rows = await supabase.sql('select status, qr_data from public.bot_sessions');
  assert.deepEqual(rows, Array(5).fill({ status: 'inactive', qr_data: null }));
  assert.deepEqual((await supabase.events('bot1')).map(({ event, reason }) => [event, reason]).slice(-3), [
    ['created', null], ['recovered', null], ['ended', 'shutdown'],
  ]);

  const third = startService();
  await until('the boot to end', () => third.output().includes('0 sessions restored, 0 failed'));
  await Promise.race([third.exited, sleep(300)]);
  assert.equal(third.child.exitCode, null, 'it runs until it is told to stop, with bots or without');
  third.child.kill('SIGTERM');
  assert.deepEqual(await third.exited, [0, null]);
});

test('the service does not come up without a database', async () => {
  supabase.gateway.fault = down;
  const { exited, output } = startService();
  assert.deepEqual(await exited, [1, null]);
  assert.match(output(), /list: no database/);
});
