'use strict';

// Workers through PostgREST and supabase-js: who runs a bot, and whose writes are refused.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { startSupabase } = require('./harness.cjs');

let supabase;
let client;
before(async () => {
  supabase = await startSupabase();
  client = supabase.client();
});
after(() => supabase?.stop());
afterEach(() => supabase.sql('delete from public.bot_sessions; delete from public.bot_session_events'));

/** The data of an answer that has to be a success. */
async function data(query) {
  const { data, error } = await query;
  assert.equal(error, null);
  return data;
}

const start = (session_id, worker, ttl = '1 hour') => data(client.rpc('bot_session_start', { session_id, worker, ttl }));
const touch = (args) => client.rpc('bot_session_touch', args);
const end = (args) => client.rpc('bot_session_end', args);
const claim = (args) => data(client.rpc('bot_session_claim', args));
const renew = (fences, ttl) => data(client.rpc('bot_session_renew', { fences, ttl }));
const release = (fences) => data(client.rpc('bot_session_release', { fences }));
const ids = (rows) => rows.map(({ session_id }) => session_id);
const events = async (session_id) => (await supabase.events(session_id)).map(({ event, reason }) => [event, reason]);

/** Lets leases run out: as if so much time had passed since their last renewal. */
const runOut = (interval, ...session_ids) =>
  supabase.sql(
    'update public.bot_session_leases set expires_at = clock_timestamp() - $1::interval where session_id = any ($2)',
    [interval, session_ids],
  );

/** The answer of a call that has to be refused for a fence that is not the live lease's. */
async function refused(query) {
  const { data, error, status, statusText } = await query;
  assert.deepEqual([data, error?.code, status, statusText], [null, 'PT409', 409, 'fence is stale']);
}

test('a start with a worker returns a fence, a number that grows', async () => {
  const first = await start('bot1', 'w1');
  const second = await start('bot2', 'w1');
  const again = await start('bot1', 'w1');
  for (const { fence } of [first, second, again]) assert.ok(Number.isSafeInteger(fence), String(fence));
  assert.ok(first.fence < second.fence && second.fence < again.fence, 'always a new one, for the same worker too');
  assert.deepEqual([first.previous_status, again.previous_status], [null, 'active']);
  await refused(touch({ session_id: 'bot1', fence: first.fence, last_message: 'of the former self' }));
  const { error, statusText } = await client.rpc('bot_session_start', { session_id: 'bot1', worker: 'w2' });
  assert.deepEqual([error.code, statusText], ['PT409', 'another worker holds the lease of the session']);
});

test('who names no worker sees no lease, and is never claimed', async () => {
  await start('bot1', undefined, undefined);
  assert.equal((await data(touch({ session_id: 'bot1' }))).fence, null);
  assert.deepEqual(await claim({ worker: 'w1' }), []);
  assert.deepEqual(await supabase.sql('select from public.bot_session_leases'), []);
});

test('touch and end take the fence of the live lease and no other', async () => {
  const { fence } = await start('bot1', 'w1');
  const touched = await data(touch({ session_id: 'bot1', fence, last_message: 'hello', qr_data: 'QR' }));
  assert.deepEqual([touched.fence, touched.last_message, touched.qr_data], [fence, 'hello', 'QR']);
  assert.equal((await data(touch({ session_id: 'bot1', fence, heartbeat_interval: '1 hour' }))).fence, fence);
  await refused(touch({ session_id: 'bot1', fence: fence - 1, last_message: 'late' }));
  await refused(touch({ session_id: 'bot1', fence: fence + 1 }));
  await refused(end({ session_id: 'bot1', fence: fence - 1 }));
  const ended = await data(end({ session_id: 'bot1', fence, reason: 'over' }));
  assert.deepEqual([ended.status, ended.last_message, ended.fence], ['inactive', 'hello', fence]);
  assert.equal((await data(end({ session_id: 'bot1', fence }))).status, 'inactive', 'the first answer may have got lost');
  await refused(touch({ session_id: 'bot1', fence, last_message: 'late' }));
  assert.deepEqual(await claim({ worker: 'w2' }), []);
  assert.deepEqual(await events('bot1'), [
    ['created', null], ['claimed', 'w1'], ['ended', 'over'], ['released', 'w1'],
  ]);
});

test('a batch refuses the elements with a stale fence, and only those', async () => {
  const { fence } = await start('bot1', 'w1');
  await start('bot2', undefined, undefined);
  const rows = await data(client.rpc('bot_session_touch_many', {
    sessions: [
      { session_id: 'bot1', fence, last_message: 'one' },
      { session_id: 'bot1', fence: fence + 1, last_message: 'stale' },
      { session_id: 'bot2', fence, last_message: 'of another session' },
      { session_id: 'bot2', last_message: 'two' },
      { session_id: 'bot1', fence: null, last_message: 'three' },
    ],
  }));
  assert.deepEqual(rows.map((row) => [row.session_id, row.last_message, row.fence]), [
    ['bot1', 'one', fence], ['bot1', 'one', null], ['bot2', null, null], ['bot2', 'two', null], ['bot1', 'three', null],
  ]);
});

test('what ran out or was released is claimed, the longest abandoned first', async () => {
  const first = {};
  for (const id of ['a', 'b', 'c', 'd']) first[id] = (await start(id, 'w1')).fence;
  assert.deepEqual(await claim({ worker: 'w2' }), [], 'all are held');
  await runOut('1 minute', 'b');
  await runOut('2 minutes', 'c');
  assert.deepEqual(ids(await release({ a: first.a, d: 0 })), ['a']);

  const [taken] = await claim({ worker: 'w2', max_sessions: 1, ttl: '1 hour' });
  assert.deepEqual(Object.keys(taken), ['session_id', 'worker', 'fence', 'expires_at']);
  assert.deepEqual([taken.session_id, taken.worker], ['c', 'w2']);
  assert.ok(taken.fence > first.d, 'a new fence');
  assert.ok(Math.abs(Date.parse(taken.expires_at) - Date.now() - 3_600_000) < 60_000, taken.expires_at);
  assert.deepEqual(ids(await claim({ worker: 'w3' })), ['a', 'b']);
  assert.deepEqual(await claim({ worker: 'w3' }), []);
  await refused(touch({ session_id: 'c', fence: first.c }));
  assert.equal((await data(touch({ session_id: 'c', fence: taken.fence }))).previous_status, 'active');
  assert.deepEqual(await events('c'), [['created', null], ['claimed', 'w1'], ['lease_lost', 'w1'], ['claimed', 'w2']]);
  assert.deepEqual(await events('a'), [['created', null], ['claimed', 'w1'], ['released', 'w1'], ['claimed', 'w3']]);
});

test('renew prolongs what is still held; what is missing from the answer is lost', async () => {
  const fences = {};
  for (const id of ['held', 'ran out', 'taken', 'ended', 'deleted', '日本 "q"']) fences[id] = (await start(id, 'w1')).fence;
  await runOut('1 second', 'ran out', 'taken');
  assert.deepEqual(ids(await claim({ worker: 'w2', max_sessions: 1 })), ['ran out']);
  await runOut('1 second', 'ran out');
  await data(end({ session_id: 'ended' }));
  await data(client.from('bot_sessions').delete().eq('session_id', 'deleted'));
  const rows = await renew({ ...fences, unknown: 1 }, '2 hours');
  assert.deepEqual(ids(rows), ['held', '日本 "q"']);
  assert.deepEqual(rows.map(({ worker, fence }) => [worker, fence]), [['w1', fences.held], ['w1', fences['日本 "q"']]]);
  assert.ok(rows.every(({ expires_at }) => Date.parse(expires_at) > Date.now() + 7_000_000));
  assert.deepEqual(await renew({}), []);
});

test('16 workers claim 40 abandoned sessions: each gets one owner', async () => {
  const all = Array.from({ length: 40 }, (_, i) => `bot${i}`);
  await Promise.all(all.map((id) => start(id, 'w0')));
  await runOut('1 second', ...all);
  const taken = (await Promise.all(Array.from({ length: 16 }, async (_, i) => {
    const mine = [];
    for (let n; n !== 0; ) {
      const rows = await claim({ worker: `w${i + 1}`, max_sessions: 3 });
      n = rows.length;
      mine.push(...rows);
    }
    return mine;
  }))).flat();
  // A row that another worker has just locked is skipped: the last ones may be left for the next round.
  taken.push(...await claim({ worker: 'w17', max_sessions: 40 }));
  assert.deepEqual(ids(taken).sort(), all.sort());
  assert.equal(new Set(taken.map(({ fence }) => fence)).size, 40);
});

test('the overview, by GET, with filters, without secrets', async () => {
  for (const id of ['running', 'orphaned', 'released', 'awaiting', 'stale', 'ended']) await start(id, 'w1');
  await start('alone', undefined, undefined);
  await data(touch({ session_id: 'awaiting', qr_data: 'SECRET' }));
  await runOut('1 second', 'orphaned');
  const [{ fence }] = await supabase.sql(`select fence::int from public.bot_session_leases where session_id = 'released'`);
  await release({ released: fence });
  await data(end({ session_id: 'ended' }));
  await supabase.sql(`set session_replication_role = replica;
    update public.bot_sessions set updated_at = now() - interval '10 minutes' where session_id in ('stale', 'ended');
    reset session_replication_role`);

  const get = async (query = '') => {
    const { status, body } = await supabase.request(`/rpc/bot_session_overview${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const all = await get('?order=session_id');
  assert.deepEqual(Object.keys(all[0]), [
    'session_id', 'state', 'has_qr', 'has_data', 'worker', 'lease_expires_at', 'created_at', 'updated_at', 'idle',
  ]);
  assert.deepEqual(all.map((row) => [row.session_id, row.state, row.has_qr, row.worker]), [
    ['alone', 'running', false, null],
    ['awaiting', 'awaiting_qr', true, 'w1'],
    ['ended', 'ended', false, null],
    ['orphaned', 'orphaned', false, 'w1'],
    ['released', 'orphaned', false, null],
    ['running', 'running', false, 'w1'],
    ['stale', 'stale', false, 'w1'],
  ]);
  assert.ok(!JSON.stringify(all).includes('SECRET'));
  assert.deepEqual(ids(await get('?state=eq.orphaned&order=session_id')), ['orphaned', 'released']);
  assert.deepEqual(ids(await get('?stale_after=1 hour&state=eq.stale')), []);
  // Of a function's columns PostgREST 12 filters only by those that are selected.
  const selected = await get(
    '?state=in.(running,stale)&worker=eq.w1&select=session_id,state,worker&order=session_id&limit=1',
  );
  assert.deepEqual(selected, [{ session_id: 'running', state: 'running', worker: 'w1' }]);
  const posted = await data(client.rpc('bot_session_overview').eq('state', 'orphaned'));
  assert.deepEqual(ids(posted).sort(), ['orphaned', 'released']);
  const got = await data(client.rpc('bot_session_overview', { stale_after: '1 hour' }, { get: true }).eq('has_qr', true));
  assert.deepEqual(ids(got), ['awaiting']);
});

test('the leases can be read and watched, and not deleted', async () => {
  const { fence } = await start('bot1', 'w1');
  assert.deepEqual(await data(client.from('bot_session_leases').select('session_id, worker, fence')), [
    { session_id: 'bot1', worker: 'w1', fence },
  ]);
  const { status, body } = await supabase.request('/bot_session_leases?session_id=eq.bot1', { method: 'DELETE' });
  assert.deepEqual([status, body.code], [403, '42501']);
});
