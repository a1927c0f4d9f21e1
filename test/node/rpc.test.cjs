'use strict';

// What the functions do, through PostgREST and supabase-js.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const { edition, jwt, startSupabase } = require('./harness.cjs');

const columns = ['session_id', 'created_at', 'last_message', 'status', 'qr_data', 'updated_at'];

let supabase;
let client;
before(async () => {
  supabase = await startSupabase();
  client = supabase.client();
});
after(() => supabase?.stop());

/** The data of an answer that has to be a success. */
async function data(query) {
  const { data, error } = await query;
  assert.equal(error, null);
  return data;
}

const start = (session_id) => data(client.rpc('bot_session_start', { session_id }));
const touch = (args) => data(client.rpc('bot_session_touch', args));
const end = (args) => data(client.rpc('bot_session_end', args));
const pick = (row, ...names) => Object.fromEntries(names.map((name) => [name, row[name]]));
const age = (session_id, interval) =>
  supabase.sql(
    `set session_replication_role = replica;
     update public.bot_sessions set updated_at = now() - interval '${interval}' where session_id = '${session_id}';
     reset session_replication_role`,
  );

test('the migration says which edition it made', () => {
  assert.equal(supabase.migrated.edition.toLowerCase().replace('/', ''), edition);
});

test('start creates a session', async () => {
  const row = await start('new');
  assert.deepEqual(Object.keys(row), [...columns, 'previous_status', 'fence']);
  assert.deepEqual(pick(row, 'session_id', 'status', 'last_message', 'qr_data', 'previous_status', 'fence'), {
    session_id: 'new', status: 'active', last_message: null, qr_data: null, previous_status: null, fence: null,
  });
  assert.ok(Math.abs(Date.parse(row.created_at) - Date.now()) < 60_000, row.created_at);
});

test('start finds a session that was never ended, with all that was kept', async () => {
  const created = await start('crashed');
  await touch({ session_id: 'crashed', last_message: 'hello', qr_data: 'QR' });
  const row = await start('crashed');
  assert.deepEqual(pick(row, 'created_at', 'status', 'last_message', 'qr_data', 'previous_status'), {
    created_at: created.created_at, status: 'active', last_message: 'hello', qr_data: 'QR', previous_status: 'active',
  });
});

test('start reopens an ended session', async () => {
  const created = await start('again');
  await touch({ session_id: 'again', last_message: 'hello', qr_data: 'QR' });
  await end({ session_id: 'again' });
  const row = await start('again');
  assert.deepEqual(pick(row, 'created_at', 'status', 'last_message', 'qr_data', 'previous_status'), {
    created_at: created.created_at, status: 'active', last_message: 'hello', qr_data: null, previous_status: 'inactive',
  });
  const events = await supabase.events('again');
  assert.deepEqual(events.map(({ event }) => event), ['created', 'ended', 'reopened']);
});

test('touch records what is given and keeps the rest', async () => {
  await start('touched');
  const steps = [
    [{ last_message: 'one' }, { last_message: 'one', qr_data: null }],
    [{ qr_data: 'QR' }, { last_message: 'one', qr_data: 'QR' }],
    [{ last_message: 'two\r\n\u{1F916} "\\' }, { last_message: 'two\r\n\u{1F916} "\\', qr_data: 'QR' }],
    [{ last_message: null, qr_data: null }, { last_message: 'two\r\n\u{1F916} "\\', qr_data: 'QR' }],
    [{ last_message: '' }, { last_message: '', qr_data: 'QR' }],
    [{}, { last_message: '', qr_data: 'QR' }],
    [{ qr_data: '' }, { last_message: '', qr_data: null }],
  ];
  let last = '';
  for (const [args, expected] of steps) {
    const row = await touch({ session_id: 'touched', ...args });
    assert.deepEqual(pick(row, 'last_message', 'qr_data', 'previous_status'), { ...expected, previous_status: 'active' });
    assert.ok(row.updated_at > last, 'updated_at grows');
    last = row.updated_at;
  }
});

test('a message for an ended session is recorded and does not revive it', async () => {
  await start('late');
  await end({ session_id: 'late' });
  const row = await touch({ session_id: 'late', last_message: 'goodbye' });
  assert.deepEqual(pick(row, 'status', 'last_message'), { status: 'inactive', last_message: 'goodbye' });
});

test('end removes the QR code, keeps the reason, and twice is once', async () => {
  await start('done');
  await touch({ session_id: 'done', qr_data: 'QR' });
  const first = await end({ session_id: 'done', reason: 'logged out' });
  assert.deepEqual(pick(first, 'status', 'qr_data', 'previous_status'), {
    status: 'inactive', qr_data: null, previous_status: 'active',
  });
  const second = await end({ session_id: 'done', reason: 'another' });
  assert.deepEqual(second, { ...first, previous_status: 'inactive' });
  assert.deepEqual(await supabase.events('done'), [
    { event: 'created', reason: null, actor_role: 'service_role', actor_sub: null },
    { event: 'ended', reason: 'logged out', actor_role: 'service_role', actor_sub: null },
  ]);
});

test('a batch answers for each element, in order', async () => {
  await start('batch-1');
  await start('batch-2');
  await end({ session_id: 'batch-2' });
  const rows = await data(client.rpc('bot_session_touch_many', {
    sessions: [
      { session_id: 'batch-2', qr_data: 'QR' },
      { session_id: 'batch-1', last_message: 'one' },
      { session_id: 'batch-unknown', last_message: 'lost' },
      { session_id: 'batch-1', last_message: 'two', qr_data: 'QR' },
      { session_id: 'batch-1', last_message: null },
    ],
  }));
  assert.deepEqual(rows.map((row) => pick(row, 'session_id', 'status', 'last_message', 'qr_data')), [
    { session_id: 'batch-2', status: 'inactive', last_message: null, qr_data: null },
    { session_id: 'batch-1', status: 'active', last_message: 'one', qr_data: null },
    { session_id: 'batch-unknown', status: null, last_message: null, qr_data: null },
    { session_id: 'batch-1', status: 'active', last_message: 'two', qr_data: 'QR' },
    { session_id: 'batch-1', status: 'active', last_message: 'two', qr_data: 'QR' },
  ]);
  assert.deepEqual(rows.map((row) => row.created_at === null), [false, false, true, false, false]);
  assert.deepEqual(await data(client.rpc('bot_session_touch_many', { sessions: [] })), []);
});

test('expire ends what was silent, the oldest first', async () => {
  for (const [id, interval] of [['idle-1', '3 hours'], ['idle-2', '2 hours'], ['idle-3', '100 minutes']]) {
    await start(id);
    await age(id, interval);
  }
  const expire = (args) => data(client.rpc('bot_session_expire', args));
  const first = await expire({ idle: '90 minutes', max_sessions: 2 });
  assert.deepEqual(first.map((row) => pick(row, 'session_id', 'status', 'previous_status')), [
    { session_id: 'idle-1', status: 'inactive', previous_status: 'active' },
    { session_id: 'idle-2', status: 'inactive', previous_status: 'active' },
  ]);
  assert.deepEqual((await expire({ idle: '90 minutes', reason: 'quiet' })).map((row) => row.session_id), ['idle-3']);
  assert.deepEqual(await expire({ idle: '90 minutes' }), []);
  assert.equal((await supabase.events('idle-1')).at(-1).reason, 'expired');
  assert.equal((await supabase.events('idle-3')).at(-1).reason, 'quiet');
});

test('the active sessions can be listed for a restart', async () => {
  await start('list-active');
  await start('list-ended');
  await end({ session_id: 'list-ended' });
  const { status, body } = await supabase.request('/bot_sessions?status=eq.active&order=session_id');
  assert.equal(status, 200);
  const ids = body.map((row) => row.session_id);
  assert.ok(ids.includes('list-active') && !ids.includes('list-ended'), String(ids));
  assert.deepEqual(Object.keys(body[0]).sort(), [...columns].sort());
  const rows = await data(client.from('bot_sessions').select('session_id').eq('status', 'active').order('session_id'));
  assert.deepEqual(rows.map((row) => row.session_id), ids);
});

test('the table takes plain writes, and the triggers keep it right', async () => {
  const [inserted] = await data(client.from('bot_sessions').insert({ session_id: 'plain', qr_data: 'QR' }).select());
  assert.equal(inserted.status, 'active');
  const [updated] = await data(
    client.from('bot_sessions').update({ status: 'inactive', updated_at: '2001-01-01' }).eq('session_id', 'plain').select(),
  );
  assert.equal(updated.qr_data, null);
  assert.ok(updated.updated_at > inserted.updated_at);
  const events = await supabase.events('plain');
  assert.deepEqual(events.map(({ event }) => event), ['created', 'ended']);
});

test('a session can be deleted, its history stays', async () => {
  await start('gone');
  assert.equal((await data(client.from('bot_sessions').delete().eq('session_id', 'gone').select())).length, 1);
  assert.equal((await data(client.from('bot_sessions').delete().eq('session_id', 'gone').select())).length, 0);
  const rows = await data(
    client.from('bot_session_events').select('event, actor_role').eq('session_id', 'gone').order('event_id'),
  );
  assert.deepEqual(rows, [
    { event: 'created', actor_role: 'service_role' },
    { event: 'deleted', actor_role: 'service_role' },
  ]);
});

test('the audit trail names the role and the subject of the token', async () => {
  const token = jwt({ role: 'service_role', sub: 'operator-7' });
  await supabase.call('bot_session_start', { session_id: 'audited' }, { token });
  await supabase.call('bot_session_end', { session_id: 'audited' }, { token: jwt({ role: 'service_role', sub: null }) });
  await supabase.call('bot_session_start', { session_id: 'audited' }, { token: 'service_role' });
  assert.deepEqual(await supabase.events('audited'), [
    { event: 'created', reason: null, actor_role: 'service_role', actor_sub: 'operator-7' },
    { event: 'ended', reason: null, actor_role: 'service_role', actor_sub: null },
    { event: 'reopened', reason: null, actor_role: 'service_role', actor_sub: null },
  ]);
});

test('a reason does not outlive its call', async () => {
  // All connections of the pool have seen a reason before one of them makes the change without one.
  await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    await start(`reason-${i}`);
    await end({ session_id: `reason-${i}`, reason: 'mine' });
  }));
  await start('no-reason');
  await end({ session_id: 'no-reason' });
  const events = await supabase.events('no-reason');
  assert.deepEqual(events.map(({ reason }) => reason), [null, null]);
});

test('answers can be narrowed with select', async () => {
  await start('narrow');
  const one = await data(client.rpc('bot_session_touch', { session_id: 'narrow' }).select('session_id, status'));
  assert.deepEqual(one, { session_id: 'narrow', status: 'active' });
  const many = await data(
    client.rpc('bot_session_touch_many', { sessions: [{ session_id: 'narrow' }] }).select('status'),
  );
  assert.deepEqual(many, [{ status: 'active' }]);
});

test('any characters of a session_id come through', async () => {
  for (const id of ['a b', 'x,y.(z)', '"q"', "it's", 'null', '%2F/?&=#', '\\', '\r\n', '日本 \u{1F916}', 'x'.repeat(255)]) {
    assert.equal((await start(id)).session_id, id);
    assert.equal((await touch({ session_id: id })).session_id, id);
    const rows = await data(client.from('bot_sessions').select('session_id').eq('session_id', id));
    assert.deepEqual(rows, [{ session_id: id }]);
  }
});

test('16 clients start one session: one creates it', async () => {
  const clients = Array.from({ length: 16 }, () => supabase.client());
  const rows = await Promise.all(clients.map((one) => data(one.rpc('bot_session_start', { session_id: 'contended' }))));
  const previous = rows.map((row) => row.previous_status).sort();
  assert.deepEqual(previous, [...Array(15).fill('active'), null]);
  assert.equal(new Set(rows.map((row) => row.created_at)).size, 1);
  const events = await supabase.events('contended');
  assert.deepEqual(events.map(({ event }) => event), ['created', ...Array(15).fill('recovered')]);
});

test('16 clients touch one session: no write is lost', async () => {
  await start('busy');
  const rows = (await Promise.all(Array.from({ length: 16 }, async (_, i) => {
    const one = supabase.client();
    const mine = [];
    for (let n = 0; n < 20; n++) {
      const last_message = `${i}/${n}`;
      const row = await data(one.rpc('bot_session_touch', { session_id: 'busy', last_message }));
      assert.equal(row.last_message, last_message, 'the answer shows the own write');
      mine.push(row);
    }
    return mine;
  }))).flat();
  assert.equal(new Set(rows.map((row) => row.updated_at)).size, 320, 'each write has an updated_at of its own');
  const newest = rows.reduce((a, b) => (a.updated_at > b.updated_at ? a : b));
  const [stored] = await data(client.from('bot_sessions').select().eq('session_id', 'busy'));
  assert.equal(stored.last_message, newest.last_message, 'updated_at orders the versions');
});

test('16 clients lead 16 sessions through their lives, in batches with crossing orders too', async () => {
  const ids = Array.from({ length: 16 }, (_, i) => `life-${i}`);
  await Promise.all(ids.map(async (session_id, i) => {
    const one = supabase.client();
    await data(one.rpc('bot_session_start', { session_id }));
    for (let n = 0; n < 5; n++) {
      await data(one.rpc('bot_session_touch', { session_id, last_message: `${n}` }));
      const others = i % 2 ? ids : [...ids].reverse();
      await data(one.rpc('bot_session_touch_many', { sessions: others.map((id) => ({ session_id: id })) }));
    }
    await data(one.rpc('bot_session_end', { session_id }));
  }));
  for (const id of ids) {
    assert.deepEqual((await supabase.events(id)).map(({ event }) => event), ['created', 'ended']);
  }
  const rows = await data(client.from('bot_sessions').select('status, last_message').like('session_id', 'life-%'));
  assert.deepEqual(rows, Array(16).fill({ status: 'inactive', last_message: '4' }));
});
