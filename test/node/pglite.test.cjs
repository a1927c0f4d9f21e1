'use strict';

// The PL/pgSQL edition in PGlite: PostgreSQL in the process, without the extension and, at first, without Supabase's roles.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const { PGlite } = require('@electric-sql/pglite');
const { migration } = require('./harness.cjs');

let db;
before(async () => {
  db = await PGlite.create();
});
after(() => db?.close());

const rows = async (sql, values) => (await db.query(sql, values)).rows;
const events = async (session_id) =>
  (await rows('select event from bot_session_events where session_id = $1 order by event_id', [session_id])).map(
    ({ event }) => event,
  );

test('the migration runs, and again', async () => {
  for (let i = 0; i < 2; i++) {
    const results = await db.exec(migration);
    assert.equal(results.at(-1).rows[0].edition, 'plpgsql');
  }
});

test('the functions work', async () => {
  const [started] = await rows('select * from bot_session_start($1)', ['bot1']);
  assert.deepEqual([started.status, started.previous_status], ['active', null]);
  const [touched] = await rows('select * from bot_session_touch($1, qr_data => $2)', ['bot1', 'QR']);
  assert.equal(touched.qr_data, 'QR');
  const batch = await rows('select session_id, status from bot_session_touch_many($1)', [
    [{ session_id: 'bot1', last_message: 'hello' }, { session_id: 'nobody' }],
  ]);
  assert.deepEqual(batch, [{ session_id: 'bot1', status: 'active' }, { session_id: 'nobody', status: null }]);
  assert.deepEqual(await rows(`select * from bot_session_expire('1 hour')`), []);
  const [ended] = await rows(`select * from bot_session_end('bot1', 'done')`);
  assert.deepEqual([ended.status, ended.qr_data, ended.last_message], ['inactive', null, 'hello']);
  await rows('delete from bot_sessions');
  assert.deepEqual(await events('bot1'), ['created', 'ended', 'deleted']);
});

test('workers take, keep, hand over and lose their sessions', async () => {
  const [{ fence }] = await rows(`select fence from bot_session_start('led', 'w1')`);
  assert.equal(typeof fence, 'number');
  await rows(`select fence from bot_session_start('lost', 'w1')`);
  assert.deepEqual(await rows('select session_id from bot_session_renew($1)', [{ led: fence, lost: fence }]), [
    { session_id: 'led' },
  ]);
  await rows(`update bot_session_leases set expires_at = clock_timestamp() - interval '1 second' where session_id = 'lost'`);
  assert.deepEqual(await rows('select session_id from bot_session_release($1)', [{ led: fence }]), [{ session_id: 'led' }]);
  assert.deepEqual(await rows('select session_id, state from bot_session_overview() order by 1'), [
    { session_id: 'led', state: 'orphaned' }, { session_id: 'lost', state: 'orphaned' },
  ]);
  const claimed = await rows(`select session_id, worker, fence from bot_session_claim('w2')`);
  assert.deepEqual(claimed.map(({ session_id, worker }) => [session_id, worker]), [['led', 'w2'], ['lost', 'w2']]);
  const touch = (fence) => rows(`select last_message, fence from bot_session_touch('led', 'hello', fence => $1)`, [fence]);
  await assert.rejects(touch(fence), { code: 'PT409', message: 'fence is stale' });
  assert.deepEqual(await touch(claimed[0].fence), [{ last_message: 'hello', fence: claimed[0].fence }]);
  await assert.rejects(rows(`select * from bot_session_start('led', 'w1')`), { code: 'PT409' });
  await rows('delete from bot_sessions');
  assert.deepEqual(await events('led'), ['created', 'claimed', 'released', 'claimed', 'deleted']);
});

test('errors keep their codes', async () => {
  await assert.rejects(rows(`select * from bot_session_touch('nobody')`), { code: 'PT404' });
  await assert.rejects(rows('select * from bot_session_start(null)'), { code: '22004' });
  await assert.rejects(rows(`select * from bot_session_claim('')`), { code: '22023' });
  await assert.rejects(rows(`insert into bot_sessions (session_id, status) values ('x', 'paused')`), { code: '23514' });
});

test('with the roles of Supabase, only service_role gets in', async () => {
  await db.exec('create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls');
  await db.exec(migration);
  for (const [role, allowed] of [['anon', false], ['authenticated', false], ['service_role', true]]) {
    await db.exec(`set role ${role}`);
    const call = rows(`select status from bot_session_start('bot2')`);
    if (allowed) assert.deepEqual(await call, [{ status: 'active' }]);
    else await assert.rejects(call, { code: '42501' });
    await db.exec('reset role');
  }
  assert.deepEqual(await rows('select actor_role from bot_session_events where session_id = $1', ['bot2']), [
    { actor_role: 'service_role' },
  ]);
});
