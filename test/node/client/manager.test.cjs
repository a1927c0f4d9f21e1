'use strict';

// The manager of the package, without leases: what its bots report, how they start, fail and end.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { BotSessionsError, createBotManager } = require('../../../clients/node/src/index.js');
const { until } = require('../harness.cjs');
const { down, startBots, takeIntervals, takeTimeouts } = require('./bots.cjs');

let supabase, repository, createClient, stored, untilStored, events, watch, createBots, reset, stop;
before(async () => {
  const started = await startBots();
  ({ supabase, repository, createClient, stored, untilStored, events, watch, createBots, reset, stop } = started);
});
after(() => stop?.());
afterEach(() => reset());

const messages = (errors) => errors.map(({ error }) => error.message);

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
  assert.deepEqual(await events('bot1'), [['created', null], ['ended', 'asked to']]);
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

test('a session_id that is no string starts nothing', async () => {
  const { manager, bots } = createBots();
  await manager.startSession({ session_id: '42' });
  const requests = watch();
  for (const session_id of [42, undefined, null, { a: 1 }]) {
    await assert.rejects(manager.startSession({ session_id }), TypeError);
    await assert.rejects(manager.endSession({ session_id }), TypeError);
  }
  for (const session_id of ['nul \0', 'half \ud83d']) {
    await assert.rejects(manager.startSession({ session_id }), { code: '22P05' });
    await assert.rejects(manager.endSession({ session_id }), { code: '22P05' });
  }
  assert.deepEqual([requests, Object.keys(bots), manager.running()], [[], ['42'], ['42']]);
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

test('what all bots report while a request is under way goes with the next one, the newest of each', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['bot1', 'bot2']) await manager.startSession({ session_id });
  const held = [];
  const requests = watch((forward) => held.push(forward));
  bots.bot1.message('first');
  await until('the first write', () => held.length === 1);
  bots.bot1.qr('QR-1');
  for (let i = 0; i < 100; i++) bots.bot1.message(`message ${i}`);
  bots.bot1.ready();
  bots.bot1.qr('QR-2');
  bots.bot2.message('of another bot');
  assert.equal(held.length, 1, 'one request at a time');
  supabase.gateway.fault = null;
  held[0]();
  await untilStored('bot1', { last_message: 'message 99', qr_data: 'QR-2' });
  assert.equal((await stored('bot2')).last_message, 'of another bot', 'in the same request');
  assert.deepEqual(requests, ['bot_session_touch_many']);
  await manager.shutdown();
  assert.deepEqual(errors, []);
});

test('when idle, one report is one request, and two of the same moment are one too', async () => {
  const { manager, bots } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const requests = watch();
  bots.bot1.message('one');
  await untilStored('bot1', { last_message: 'one' });
  bots.bot1.message('two');
  bots.bot1.qr('QR');
  await untilStored('bot1', { last_message: 'two', qr_data: 'QR' });
  bots.bot1.ready();
  await untilStored('bot1', { qr_data: null });
  bots.bot1.ready(); // there is nothing to remove
  bots.bot1.connected(true);
  await sleep(50);
  assert.deepEqual(requests, Array(3).fill('bot_session_touch_many'));
});

test('an event in the very moment in which a write returns is not forgotten', async () => {
  for (let ticks = 0; ticks < 10; ticks++) {
    const written = [];
    const { manager, bots } = createBots({
      repository: {
        ...repository,
        async updateMany([{ session_id, last_message }]) {
          if (written.push(last_message) === 1) {
            let moment = Promise.resolve();
            for (let i = 0; i < ticks; i++) moment = moment.then(() => {});
            moment.then(() => bots.bot1.message('second'));
          }
          return [{ session_id, status: 'active', fence: null }];
        },
      },
    });
    await manager.startSession({ session_id: 'bot1' });
    bots.bot1.message('first');
    await new Promise(setImmediate);
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
  assert.deepEqual(requests, ['bot_session_touch_many']);
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
  down(null, held[0]);
  await ending;
  await untilStored('bot1', { status: 'inactive', last_message: 'last words' });
  assert.deepEqual(errors.map(({ error, session_id }) => [error.status, session_id]), [[503, 'bot1']]);
});

test('what could not be written is written when the database is back, the newest only', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['bot1', 'bot2']) await manager.startSession({ session_id });
  const held = [];
  watch((forward, response) => held.push(response));
  bots.bot1.qr('QR');
  await until('the first write', () => held.length === 1);
  bots.bot1.message('older');
  bots.bot2.message('of another bot');
  supabase.gateway.fault = down;
  down(null, held[0]);
  await until('some tries', () => errors.length > 2);
  watch((forward, response) => held.push(response));
  await until('another try', () => held.length === 2);
  bots.bot1.message('newest');
  supabase.gateway.fault = null;
  down(null, held[1]);
  await untilStored('bot1', { last_message: 'newest', qr_data: 'QR' });
  await untilStored('bot2', { last_message: 'of another bot' });
  assert.ok(errors.every(({ error }) => error.status === 503 && error instanceof BotSessionsError));
});

for (const [what, status, code] of [
  ['a token that is refused for a moment', 401, 'PGRST303'], ['a schema cache that is just made anew', 404, 'PGRST202'],
]) {
  test(`${what} loses no message and no scan`, async () => {
    const { manager, bots } = createBots();
    await manager.startSession({ session_id: 'bot1' });
    bots.bot1.qr('QR');
    await untilStored('bot1', { qr_data: 'QR' });
    let refused = 0;
    watch((forward, response) => {
      if (++refused > 4) return forward();
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code, message: 'not now' }));
    });
    bots.bot1.ready();
    bots.bot1.message('hello');
    await untilStored('bot1', { qr_data: null, last_message: 'hello' });
    assert.deepEqual(manager.running(), ['bot1']);
  });
}

test('what no database can hold goes to onError and takes no other value with it', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['bot1', 'bot2']) await manager.startSession({ session_id });
  bots.bot1.qr('QR');
  await untilStored('bot1', { qr_data: 'QR' });
  const held = [];
  watch((forward) => held.push(forward));
  bots.bot1.message('first');
  await until('the write', () => held.length === 1);
  bots.bot1.ready();
  bots.bot1.message('secret nul \0');
  bots.bot1.message('secret half of \ud83d');
  bots.bot1.message(42);
  bots.bot1.message(undefined);
  bots.bot1.qr('secret \0');
  bots.bot1.qr('secret', { expiresIn: -1 });
  bots.bot2.message('of another bot');
  supabase.gateway.fault = null;
  held[0]();
  await untilStored('bot1', { qr_data: null, last_message: 'first' });
  await untilStored('bot2', { last_message: 'of another bot' });
  await manager.shutdown();
  assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.code ?? error.name]), [
    ['bot1', '22P05'], ['bot1', '22P05'], ['bot1', 'TypeError'], ['bot1', 'TypeError'], ['bot1', '22P05'], ['bot1', 'TypeError'],
  ]);
  assert.ok(messages(errors).every((message) => !message.includes('secret')));
});

test('what the database refuses is found by halves: it takes no other bot, and no other column, with it', async () => {
  await supabase.sql(`create function public.refuse() returns trigger language plpgsql as $$
      begin if new.last_message = 'bad' then raise exception 'refused'; end if; return new; end $$;
    create trigger refuse before update on public.bot_sessions for each row execute function public.refuse()`);
  try {
    const { manager, bots, errors } = createBots();
    const ids = Array.from({ length: 16 }, (_, i) => `bot${i}`);
    await Promise.all(ids.map((session_id) => manager.startSession({ session_id })));
    const held = [];
    watch((forward) => held.push(forward));
    bots.bot0.message('first');
    await until('the first write', () => held.length === 1);
    const requests = watch();
    for (const id of ids) {
      bots[id].message(id === 'bot7' ? 'bad' : `of ${id}`);
      bots[id].qr(`QR ${id}`);
    }
    held[0]();
    for (const id of ids) await untilStored(id, { last_message: id === 'bot7' ? null : `of ${id}`, qr_data: `QR ${id}` });
    assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.code]), [['bot7', 'P0001']]);
    assert.equal(requests.length, 11, 'one, two for each of four halvings, and one for each column of the bad one');
    bots.bot7.message('good');
    await untilStored('bot7', { last_message: 'good' });
  } finally {
    await supabase.sql('drop function public.refuse() cascade');
  }
});

test('a row that somebody has locked keeps no other bot waiting', async () => {
  const { updateMany } = createClient({ timeout: 2000 });
  const { manager, bots, errors } = createBots({ repository: { ...repository, updateMany } });
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const session_id of ids) await manager.startSession({ session_id });
  // As on Supabase: a statement that waits is ended, and what it has locked is free.
  await supabase.sql(`alter role authenticator set statement_timeout = '500ms'; notify pgrst, 'reload config'`);
  await supabase.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'`);
  await until('PostgREST to be there again', () => repository.read('a').then(() => true, () => false));
  try {
    await supabase.sql(`begin; update public.bot_sessions set status = status where session_id = 'd'`);
    const whole = [];
    watch((forward, response, name, request) => {
      if (name === 'bot_session_touch_many') whole.push(Number(request.headers['content-length']));
      forward();
    });
    for (const id of ids) bots[id].message(`of ${id}`);
    const others = ids.filter((id) => id !== 'd');
    await until('all others to be written', async () => {
      const seen = await supabase.sql(`select from public.bot_sessions where last_message = 'of ' || session_id`);
      return seen.length === others.length;
    });
    await supabase.sql('rollback');
    await untilStored('d', { last_message: 'of d' });
    assert.equal(whole.filter((size) => size === Math.max(...whole)).length, 1, 'what timed out is not sent again whole');
    assert.ok(errors.length > 0 && errors.every(({ error }) => error.timedOut && error.transient));
    assert.deepEqual(manager.running(), ids);
  } finally {
    await supabase.sql(`rollback; alter role authenticator reset statement_timeout`);
  }
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
  assert.deepEqual(errors.map(({ error, session_id }) => [session_id, error.code]).sort(), [
    ['deleted', 'PT404'], ['message', 'PT409'], ['qr', 'PT409'],
  ]);
  assert.equal(await repository.read('deleted'), null, 'it was not created again');
});

test('a bot that is gone for good ends its session, for a reason that need not be a text', async () => {
  const { manager, bots, errors } = createBots();
  for (const [session_id, reason, told] of [['bot1', 'logged out', 'logged out'], ['bot2', 401, '401'], ['bot3', 'a \0 \ud83d', 'a  \ufffd']]) {
    await manager.startSession({ session_id });
    bots[session_id].ended(reason);
    await untilStored(session_id, { status: 'inactive' });
    assert.equal((await supabase.events(session_id)).at(-1).reason, told);
  }
  await until('them to be gone', () => manager.running().length === 0);
  assert.deepEqual(errors, []);
});

test('the end of a bot that is gone for good is written when the database is back', async () => {
  const { manager, bots, errors } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  supabase.gateway.fault = down;
  bots.bot1.ended('logged out');
  await until('some tries', () => errors.length > 2);
  supabase.gateway.fault = null;
  await untilStored('bot1', { status: 'inactive' });
});

test('heartbeats keep silent bots alive and notice sessions that were ended, in one request', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots, errors } = createBots({ heartbeatInterval: 240_000 });
  for (const session_id of ['a', 'b', 'c', 'd']) await manager.startSession({ session_id });
  const { updated_at } = await stored('a');
  const requests = watch();
  pass(240_000);
  await until('a heartbeat', async () => (await stored('a')).updated_at > updated_at);
  assert.deepEqual(requests, ['bot_session_touch_many']);
  supabase.gateway.fault = down;
  pass(240_000);
  await until('a heartbeat that failed', () => errors.length > 0);
  assert.deepEqual(manager.running(), ['a', 'b', 'c', 'd'], 'no answer is no reason to stop a bot');
  supabase.gateway.fault = null;
  await repository.end('b');
  await repository.delete('c');
  pass(240_000);
  await until('two bots stopped', () => bots.b.stopped && bots.c.stopped);
  await until('the others to run on', () => manager.running().join() === 'a,d');
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

test('no heartbeat vouches for a bot that is not connected', async (t) => {
  const pass = takeIntervals(t);
  const { manager, bots } = createBots({ heartbeatInterval: 240_000 });
  const ids = ['started', 'lost', 'ready', 'message', 'back'];
  for (const session_id of ids) await manager.startSession({ session_id });
  for (const id of ids.slice(1)) bots[id].connected(false);
  bots.ready.ready();
  bots.back.connected(true);
  bots.message.message('hello');
  await untilStored('message', { last_message: 'hello' });
  const sent = [];
  watch((forward, response, name, request) => {
    let body = '';
    request.on('data', (data) => (body += data)).on('end', () => sent.push(...JSON.parse(body).sessions.map(({ session_id }) => session_id)));
    forward();
  });
  pass(240_000);
  await until('the heartbeats', () => sent.length > 0);
  assert.deepEqual(sent, ['started', 'ready', 'message', 'back']);
});

test('a bot that cannot start is tried again, and its session stays active', async () => {
  let broken = true;
  const { manager, bots, errors } = createBots({ fail: () => broken });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /no connection to the messenger/);
  assert.deepEqual([manager.running(), (await stored('bot1')).status], [[], 'active']);
  await until('some tries', () => bots.bot1.starts > 3);
  broken = false;
  await until('it to run', () => bots.bot1.running);
  const { starts, session } = bots.bot1;
  assert.deepEqual(errors.map(({ error, session_id }) => [error.message, session_id]), Array(starts - 1).fill(['no connection to the messenger', 'bot1']));
  assert.equal(session.previous_status, null, 'for the bot it is new all the same');
  assert.deepEqual((await events('bot1')).filter(([event]) => event === 'ended'), []);
});

test('the tries of a bot that fails come ever more seldom, and after five minutes at the latest', async (t) => {
  const timers = takeTimeouts(t, (ms) => ms % 1001 === 0 || ms === 300_000);
  const { manager, bots } = createBots({ fail: () => true, retryDelay: 1001 });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }));
  const delays = [];
  for (let starts = 1; starts < 12; starts++) {
    await until('the next try', () => timers.length === 1 && bots.bot1.starts === starts);
    delays.push(timers[0].ms);
    timers[0].pass();
  }
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256].map((times) => times * 1001).concat(300_000, 300_000));
});

test('somebody who asks for a bot that waits for its next try makes it', async () => {
  let broken = true;
  const { manager, bots } = createBots({ fail: () => broken, retryDelay: 3_600_000 });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }));
  await assert.rejects(manager.startSession({ session_id: 'bot1' }));
  broken = false;
  await manager.startSession({ session_id: 'bot1' });
  assert.deepEqual([manager.running(), bots.bot1.starts], [['bot1'], 3]);
});

test('a bot that waits for its next try is ended like any other', async (t) => {
  const retries = takeTimeouts(t, (ms) => ms === 1001);
  const { manager, bots } = createBots({ fail: () => true, retryDelay: 1001 });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }));
  assert.equal(retries.length, 1);
  await manager.endSession({ session_id: 'bot1', reason: 'asked to' });
  assert.deepEqual((await events('bot1')).at(-1), ['ended', 'asked to']);
  assert.deepEqual([retries, bots.bot1.starts, (await stored('bot1')).status], [[], 1, 'inactive']);
});

test('after so many failures a session is ended, and may be started again', async () => {
  let broken = true;
  for (const [session_id, maxFailures] of [['bot1', 1], ['bot3', 3]]) {
    broken = true;
    const { manager, bots } = createBots({ fail: () => broken, maxFailures });
    await assert.rejects(manager.startSession({ session_id }), /no connection to the messenger/);
    await untilStored(session_id, { status: 'inactive' });
    assert.deepEqual([bots[session_id].starts, manager.running()], [maxFailures, []]);
    assert.equal((await supabase.events(session_id)).at(-1).reason, 'failed to start');
    broken = false;
    assert.equal((await manager.startSession({ session_id })).previous_status, 'inactive');
  }
});

test('a bot that hangs while it starts has failed to, and is stopped if it comes up later', async () => {
  let connect;
  let stopped = 0;
  const { manager, errors } = createBots({
    botTimeout: 50, maxFailures: 1, startBot: () => new Promise((resolve) => (connect = resolve)),
  });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /bot1 did not start in 50 ms/);
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.deepEqual([manager.running(), messages(errors)], [[], ['bot1 did not start in 50 ms']]);
  connect({ stop: () => stopped++ });
  await until('it to be stopped', () => stopped === 1);
});

test('what a bot reports whose start was given up does not count', async () => {
  const reports = [];
  const { manager } = createBots({
    botTimeout: 50,
    startBot: (session, report) => new Promise((resolve) => reports.push(report) > 1 && resolve({ stop() {} })),
  });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /did not start/);
  await until('the second try', () => reports.length === 2);
  reports[0].message('of the first try');
  reports[0].ended('of the first try');
  reports[1].message('of the second');
  await untilStored('bot1', { last_message: 'of the second', status: 'active' });
});

test('what startBot resolves to has to have a way to stop', async () => {
  const { manager } = createBots({ maxFailures: 1, startBot: async () => ({}) });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), /startBot must resolve to \{ stop \}/);
});

test('a bot that hangs while it stops does not keep its session from being ended', async () => {
  const { manager, errors } = createBots({ botTimeout: 50, startBot: async () => ({ stop: () => new Promise(() => {}) }) });
  await manager.startSession({ session_id: 'bot1' });
  await manager.endSession({ session_id: 'bot1' });
  assert.equal((await stored('bot1')).status, 'inactive');
  assert.deepEqual(manager.running(), []);
  assert.deepEqual(messages(errors), ['bot1 did not stop in 50 ms']);
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
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors.map(({ status }) => status), [503]);
    return true;
  });
  assert.deepEqual(Object.keys(bots), ['bot1']);
  assert.ok(errors.length > 0);
  assert.equal((await stored('bot1')).status, 'active', 'the next boot will restore it');
});

test('a start whose answer is lost is tried again', async () => {
  const { manager, bots } = createBots();
  let lost = 0;
  watch((forward, response, name) => {
    if (name === 'bot_session_start' && ++lost === 1) {
      response.end = () => response.destroy();
      response.writeHead = () => response;
      response.write = () => true;
    }
    forward();
  });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), { transient: true });
  await until('it to run', () => bots.bot1);
  assert.deepEqual([bots.bot1.starts, bots.bot1.session.previous_status, lost, manager.running()], [1, 'active', 2, ['bot1']]);
});

test('a start whose answer is lost can be ended, and nothing starts later', async (t) => {
  const retries = takeTimeouts(t, (ms) => ms === 1001);
  const { manager, bots } = createBots({ retryDelay: 1001 });
  let answer;
  watch((forward, response, name, request) => {
    if (name !== 'bot_session_start') return forward();
    forward();
    answer = request;
    response.writeHead = () => (response.destroy(), response);
  });
  await assert.rejects(manager.startSession({ session_id: 'bot1' }), { transient: true });
  await until('the row', () => answer && stored('bot1'));
  await manager.endSession({ session_id: 'bot1' });
  assert.deepEqual([retries, bots, (await stored('bot1')).status, manager.running()], [[], {}, 'inactive', []]);
});

test('restoring starts all active sessions, whatever happens to some of them', async () => {
  for (const session_id of ['a', 'b', 'c', 'd', 'e', 'ended', 'raced']) await repository.create({ session_id });
  await repository.update('a', { last_message: 'hello', qr_data: 'QR' });
  await repository.end('ended');
  const raced = {
    ...repository,
    async list(filter) {
      const rows = await repository.list(filter);
      await repository.end('raced', { reason: 'ended after the list was read' });
      return rows;
    },
  };
  const { manager, bots, errors } = createBots({
    repository: raced, restoreConcurrency: 2, retryDelay: 3_600_000, fail: (session_id) => session_id === 'c',
  });
  const { restored, failed } = await manager.restoreSessions();
  assert.deepEqual(restored.sort(), ['a', 'b', 'd', 'e']);
  assert.deepEqual(failed.map(({ session_id }) => session_id).sort(), ['c', 'raced']);
  assert.deepEqual(errors.map(({ session_id }) => session_id).sort(), ['c', 'raced']);
  const { last_message, qr_data, previous_status } = bots.a.session;
  assert.deepEqual({ last_message, qr_data, previous_status }, {
    last_message: 'hello', qr_data: null, previous_status: 'active',
  });
  assert.equal((await stored('a')).qr_data, null, 'the code of the last run cannot be scanned any more');
  assert.equal((await stored('c')).status, 'active', 'it is tried again');
  await untilStored('raced', { status: 'inactive' }); // what was ended stays ended
});

test('restoring tries again what the database did not answer', async () => {
  for (const session_id of ['a', 'b']) await repository.create({ session_id });
  const { manager, bots, errors } = createBots({ restoreConcurrency: 1 });
  let failures = 0;
  watch((forward, response, name) => (name === 'bot_session_start' && ++failures < 3 ? down(null, response) : forward()));
  const { failed } = await manager.restoreSessions();
  assert.ok(failed.every(({ error }) => error.status === 503));
  await until('both to run', () => bots.a?.running && bots.b?.running);
  assert.deepEqual(Object.values(bots).map(({ starts }) => starts), [1, 1]);
  assert.deepEqual(errors.map(({ error }) => error.status), [503, 503]);
});

test('shutdown ends a restoring that goes on without a database', async () => {
  await repository.create({ session_id: 'a' });
  const { manager, errors } = createBots();
  watch((forward, response, name) => (name === 'bot_session_start' ? down(null, response) : forward()));
  await manager.restoreSessions();
  await until('some tries', () => errors.length > 2);
  await manager.shutdown();
  const tries = errors.length;
  await sleep(100);
  assert.equal(errors.length, tries);
});

test('shutdown writes what is left, leaves all sessions active, and nothing starts after it', async () => {
  const { manager, bots, errors } = createBots();
  for (const session_id of ['a', 'b']) await manager.startSession({ session_id });
  const starting = manager.startSession({ session_id: 'c' });
  bots.a.message('last words');
  bots.b.qr('a code that nobody can scan any more');
  await manager.shutdown();
  await starting;
  const rows = await supabase.sql('select session_id, status, last_message, qr_data from public.bot_sessions order by 1');
  assert.deepEqual(rows, [
    { session_id: 'a', status: 'active', last_message: 'last words', qr_data: null },
    { session_id: 'b', status: 'active', last_message: null, qr_data: null },
    { session_id: 'c', status: 'active', last_message: null, qr_data: null },
  ]);
  assert.ok(Object.values(bots).every(({ stopped }) => stopped));
  await assert.rejects(manager.startSession({ session_id: 'd' }), /shut down/);
  await assert.rejects(manager.restoreSessions(), /shut down/);
  assert.equal(await stored('d'), undefined);
  assert.deepEqual(errors, []);
  await manager.shutdown(); // once more is no error
});

test('a QR code is removed when its time is over and no new one came', async (t) => {
  const timers = takeTimeouts(t, (ms) => [60_000, 20_000, 7000].includes(ms));
  const { manager, bots } = createBots();
  await manager.startSession({ session_id: 'bot1' });
  const show = async (code, options) => {
    bots.bot1.qr(code, options);
    await untilStored('bot1', { qr_data: code });
    assert.equal(timers.length, 1);
    return timers[0];
  };
  assert.equal((await show('first')).ms, 60_000);
  assert.equal((await show('second')).ms, 20_000);
  const third = await show('third');
  assert.equal(third.ms, 20_000);
  third.pass();
  await untilStored('bot1', { qr_data: null });
  const fourth = await show('fourth', { expiresIn: 7000 });
  assert.equal(fourth.ms, 7000);
  bots.bot1.ready();
  await untilStored('bot1', { qr_data: null });
  assert.deepEqual(timers, []);
  assert.equal((await show('after a scan')).ms, 60_000);
});

test('an onError that throws, or rejects, ends nothing', async (t) => {
  t.mock.method(console, 'error', () => {});
  for (const onError of [() => { throw new Error('in onError'); }, async () => { throw new Error('in onError'); }]) {
    const { manager, bots } = createBots({ onError });
    await manager.startSession({ session_id: 'bot1' });
    bots.bot1.message('nul \0');
    bots.bot1.message('next');
    await untilStored('bot1', { last_message: 'next' });
    await manager.endSession({ session_id: 'bot1' });
  }
  assert.equal(console.error.mock.callCount(), 2);
});

test('options that make no sense are refused', () => {
  const startBot = async () => ({ stop() {} });
  for (const options of [
    {}, { repository }, { startBot }, { repository, startBot, workers: 'w' }, { repository, startBot, worker: '' },
    { repository, startBot, ttl: '60 seconds' }, { repository, startBot, ttl: 0 }, { repository, startBot, heartbeatInterval: -1 },
    { repository, startBot, maxFailures: NaN },
  ]) assert.throws(() => createBotManager(options), TypeError);
});
