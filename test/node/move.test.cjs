'use strict';

// A database moves from PL/pgSQL to C while PostgREST stays up.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const { connect, startSupabase } = require('./harness.cjs');

let supabase;
let application; // with prepared statements, as node-postgres makes them
before(async () => {
  supabase = await startSupabase();
  application = await connect('postgres', supabase.name);
  application.on('error', () => {});
});
after(async () => {
  await application?.end();
  await supabase?.stop();
});

const language = async () => {
  const [{ lanname }] = await supabase.sql(
    `select lanname from pg_proc p join pg_language l on l.oid = prolang where proname = 'bot_session_touch'`,
  );
  return lanname;
};

const calls = [
  ['bot_session_start', { session_id: 'moved' }],
  ['bot_session_touch', { session_id: 'moved', last_message: 'm', qr_data: 'q' }],
  ['bot_session_touch_many', { sessions: [{ session_id: 'moved' }] }],
  ['bot_session_expire', { idle: '1 day' }],
  ['bot_session_start', { session_id: 'moved', worker: 'w1' }],
  ['bot_session_claim', { worker: 'w1' }],
  ['bot_session_renew', { fences: { moved: 1 } }],
  ['bot_session_release', { fences: { moved: 0 } }],
  ['bot_session_overview', {}],
  ['bot_session_end', { session_id: 'moved', reason: 'over' }],
];

/** So many calls at once that all connections of PostgREST's pool have prepared all of them. */
async function callAll() {
  for (const [name, args] of calls) {
    await Promise.all(Array.from({ length: 60 }, () => supabase.call(name, args)));
  }
}

const prepared = () =>
  application.query({ name: 'touch', text: 'select * from public.bot_session_touch($1, $2)', values: ['kept', 'hello'] });

for (const [from, to] of [['plpgsql', 'c'], ['c', 'plpgsql']]) {
  test(`prepared statements survive the move from ${from} to ${to}`, async () => {
    await supabase.migrate(from);
    assert.equal(await language(), from);
    await supabase.call('bot_session_start', { session_id: 'kept' });
    await supabase.call('bot_session_touch', { session_id: 'kept', last_message: 'hello', qr_data: 'QR' });
    await callAll();
    await prepared();
    const rows = await supabase.sql('select * from public.bot_sessions order by 1');

    await supabase.migrate(to);
    assert.equal(await language(), to);
    assert.deepEqual(await supabase.sql('select * from public.bot_sessions order by 1'), rows);
    await callAll();
    assert.equal((await prepared()).rows[0].last_message, 'hello');
  });
}

// A call that has found the functions just before they are replaced fails with 500: nothing was written, and the
// same call may be tried again.
test('clients that keep calling during the moves lose nothing', async () => {
  await supabase.migrate('plpgsql');
  const ids = Array.from({ length: 16 }, (_, i) => `during-${i}`);
  for (const session_id of ids) await supabase.call('bot_session_start', { session_id });
  let moving = true;
  const clients = ids.map(async (session_id) => {
    let n = 0;
    for (let tries = 0; moving || tries > 0; ) {
      const { status, body } = await supabase.rpc('bot_session_touch', { session_id, last_message: `${n + 1}` });
      if (status === 200) {
        n++;
        tries = 0;
        continue;
      }
      assert.deepEqual([status, body.code], [500, 'XX000'], body.message);
      assert.ok(++tries < 5, `${body.message}, again and again`);
    }
    return `${n}`;
  });
  const moves = (async () => {
    for (const edition of ['c', 'plpgsql', 'c']) await supabase.migrate(edition);
  })().finally(() => (moving = false));
  const [last] = await Promise.all([Promise.all(clients), moves]);
  const rows = await supabase.sql(`select last_message from public.bot_sessions where session_id = any ($1)
    order by array_position($1, session_id)`, [ids]);
  assert.deepEqual(rows.map(({ last_message }) => last_message), last);

  assert.ok(last.every((n) => n > 0), String(last));
});
