// run by: docs/examples/plproxy.sh
import assert from 'node:assert/strict';
import pg from 'pg';

async function connect(database) {
  const client = new pg.Client({ database });
  await client.connect();
  return client;
}
const direct = await connect('mydb');
const sql = (query) => direct.query(query);
const router = await connect('router');
const ask = async (query, values) => (await router.query(query, values)).rows;
await ask('set role service_role');
const names = Array.from({ length: 30 }, (_, i) => `bot${i}`);
for (const name of names) await ask('select from bot_session_start($1)', [name]);
const shards = await ask('select id, abs(bot_session_shard(id) % 3) as shard from unnest($1::text[]) id', [names]);
for (const shard of [0, 1, 2]) {
  const client = await connect(`shard${shard}`);
  const { rows } = await client.query('select session_id as id from bot_sessions');
  await client.end();
  assert.deepEqual(rows.map(({ id }) => id).sort(),
    shards.filter((row) => row.shard === shard).map(({ id }) => id).sort());
}

// A batch comes back in its order, elements of one session applied in theirs
const elements = [3, 7, 3, 1, 99, 7, 20].map((n, i) => ({ session_id: `bot${n}`, last_message: `m${i}` }));
const answers = await ask('select session_id, last_message from bot_session_touch_many($1)', [JSON.stringify(elements)]);
assert.deepEqual(answers, elements.map((element) => (element.session_id === 'bot99' ? { ...element, last_message: null } : element)));
assert.deepEqual(await ask(`select from bot_session_touch_many('[]')`), []);
const code = (query) => ask(query).then(() => null, (error) => error.code);
assert.equal(await code(`select bot_session_touch_many('{}')`), '22023');
assert.equal(await code(`select bot_session_touch_many(null)`), '22023');
assert.equal(await code(`select bot_session_touch_many('[{}]')`), '22023');
assert.equal(await code(`select bot_session_start(null)`), '22004');
assert.equal(await code(`select bot_session_touch('unknown')`), 'PT404');
await ask(`select bot_session_end('bot1', reason => 'why')`);
assert.equal(await code(`select bot_session_touch('bot1', qr_data => 'x')`), 'PT409');

// Leases: split by shard too
const fences = {};
for (const name of names.slice(10)) {
  const [{ fence }] = await ask(`select fence::int from bot_session_start($1, worker => 'w', ttl => '1 hour')`, [name]);
  fences[name] = fence;
}
const held = (rows) => rows.map(({ session_id }) => session_id).sort();
const wrong = { ...fences, bot10: fences.bot10 + 1000 };
assert.deepEqual(held(await ask('select session_id from bot_session_renew($1)', [wrong])), names.slice(11).sort());
assert.deepEqual(held(await ask(`select session_id from bot_session_release($1)`, [fences])), names.slice(10).sort());
const claimed = await ask(`select session_id, fence::int from bot_session_claim('v', 100)`);
assert.deepEqual(held(claimed), names.slice(10).sort());
assert.equal(await code(`select bot_session_renew('[]')`), '22023');
assert.equal((await ask('select from bot_session_overview()')).length, names.length);
await ask('select bot_session_release($1)', [Object.fromEntries(claimed.map(({ session_id, fence }) => [session_id, fence]))]);

// Login data goes to the shard of its session; many saves are split, and answered in their order
const [{ saved }] = await ask(`select bot_session_save('bot2', '{"creds": {"creds": "x", "old": "y"}}') as saved`);
assert.equal(saved, 2);
const load = async (name) => (await ask('select bot_session_load($1) as data', [name]))[0].data;
assert.deepEqual(await load('bot2'), { creds: { creds: 'x', old: 'y' } });
const saves = [3, 99, 1, 2, 20].map((n) => ({ session_id: `bot${n}`, data: { creds: { creds: `c${n}`, old: null } } }));
assert.deepEqual((await ask('select bot_session_save_many($1) as answers', [JSON.stringify(saves)]))[0].answers, [
  { session_id: 'bot3', changed: 1 }, { session_id: 'bot99', refused: 'PT404' }, { session_id: 'bot1', refused: 'PT409' },
  { session_id: 'bot2', changed: 2 }, { session_id: 'bot20', changed: 1 },
]);
assert.deepEqual(await load('bot2'), { creds: { creds: 'c2' } });
assert.deepEqual(await ask(`select bot_session_save_many('[]') as answers`), [{ answers: [] }]);
assert.equal(await code(`select bot_session_save_many('{}')`), '22023');
assert.equal(await code(`select bot_session_load('unknown')`), 'PT404');
assert.deepEqual(await ask(`select bot_session_forget('bot2') as forgotten`), [{ forgotten: 1 }]);
assert.deepEqual(await load('bot2'), {});

// One shard is down: said by name, and the others go on
await sql('alter database shard1 allow_connections false');
await sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shard1'`);
await ask('select from active_bot_sessions()').catch(() => {}); // notices that the connection is gone
const batch = JSON.stringify(names.map((session_id) => ({ session_id })));
await assert.rejects(ask('select bot_session_touch_many($1)', [batch]), /\[shard1\]/);
for (const { id, shard } of shards) {
  const call = ask('select from bot_session_start($1)', [id]);
  if (shard === 1) await assert.rejects(call, /\[shard1\].*not currently accepting connections/);
  else await call;
}
await sql('alter database shard1 allow_connections true');
assert.equal((await ask('select from bot_session_touch_many($1)', [batch])).length, names.length);
assert.equal((await ask(`select session_id from bot_session_expire('1 microsecond')`)).length, names.length);
await router.end();
await direct.end();
