'use strict';

// What was sealed with another key, not at all, or under another name, is sealed anew: over every way to the database.

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { before, after, afterEach, test } = require('node:test');
const { until } = require('../harness.cjs');
const { startWays, wayNames } = require('./ways.cjs');

let supabase, ways, stop;
before(async () => ({ supabase, ways, stop } = await startWays({ maxRows: 3 })));
after(() => stop?.());
afterEach(() => supabase.sql('delete from public.bot_sessions'));

const createKey = () => randomBytes(32).toString('base64');
const plain = (data) => JSON.parse(JSON.stringify(data));
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const sealerOf = async (key) => (await import('../../../clients/node/src/seal.js')).createSealer(key);
const secret = 'SECRET-VALUE';
const names = ['constructor', '1@s.whatsapp.net', 'a,"b"(c)=&%.*', 'ü'];
const data = {
  creds: { creds: secret },
  'a:b&c="d"': Object.fromEntries(names.map((name) => [name, `${secret} ${name}`])),
  session: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}`, `${secret} ${i}`])),
};
const total = 25;

function overEachWay(what, check) {
  wayNames.forEach((name, i) =>
    test(`${what}: ${name}`, async (t) => {
      if (ways[i].skip) return t.skip(ways[i].skip);
      const repository = ways[i].create({ pageSize: 3 });
      await repository.create({ session_id: 'a' });
      const keep = async (sealKey, session_id = 'a') => repository.store(session_id, { sealKey }).save(data);
      const load = async (sealKey, session_id = 'a') => plain(await repository.store(session_id, { sealKey }).load());
      await check({ repository, keep, load });
    }),
  );
}

overEachWay('a key is rotated: then the new one alone opens everything', async ({ repository, keep, load }) => {
  const [old, newest] = [createKey(), createKey()];
  await keep(old);
  assert.equal(await repository.reseal('a', { sealKey: [newest, old] }), total);
  assert.deepEqual(await load(newest), data);
  const rows = () => supabase.sql('select * from public.bot_session_data order by kind, key');
  const before = await rows();
  assert.equal(await repository.reseal('a', { sealKey: [newest, old] }), 0, 'what is sealed is left as it is');
  assert.deepEqual(await rows(), before);
});

overEachWay('sealing is switched on, also for a session that has ended', async ({ repository, keep, load }) => {
  const key = createKey();
  await keep(undefined);
  await repository.end('a');
  assert.equal((await failure(repository.reseal('a', { sealKey: key }))).code, 'unsealed');
  assert.equal(await repository.reseal('a', { sealKey: [key, null] }), total);
  assert.deepEqual(await load(key), data);
});

overEachWay('a session has another name: its values are sealed for that', async ({ repository, keep, load }) => {
  const key = createKey();
  await keep(key);
  await supabase.sql("update public.bot_sessions set session_id = 'b'");
  await repository.store('b', { sealKey: key }).save({ creds: { creds: secret } });
  assert.equal((await failure(load(key, 'b'))).code, 'damaged');
  assert.equal(await repository.reseal('b', { sealKey: key, from: 'a' }), total - 1, 'one is sealed for it already');
  assert.deepEqual(await load(key, 'b'), data);
  assert.equal(await repository.reseal('b', { sealKey: key, from: 'a' }), 0);
});

overEachWay('beside a worker only under its fence', async ({ repository, keep, load }) => {
  const [old, newest] = [createKey(), createKey()];
  const sealKey = [newest, old];
  await keep(old);
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  assert.equal((await failure(repository.reseal('a', { sealKey }))).conflict, true);
  assert.equal((await failure(repository.reseal('a', { sealKey, fence: fence - 1 }))).conflict, true);
  assert.equal((await failure(repository.reseal('nobody', { sealKey }))).notFound, true);
  assert.equal(await repository.reseal('a', { sealKey, fence }), total);
  await repository.release({ a: fence });
  assert.deepEqual(await load(newest), data);
});

overEachWay('what a bot saves meanwhile is not lost', async ({ repository, keep, load }) => {
  const [old, newest] = [createKey(), createKey()];
  await keep(old);
  const newer = (await sealerOf(old)).seal(['a', 'session', '2'], 'newer');
  await supabase.sql('begin');
  await supabase.sql("update public.bot_session_data set value = $1, updated_at = clock_timestamp() where key = '2'", [newer]);
  const resealing = repository.reseal('a', { sealKey: [newest, old] });
  resealing.catch(() => {});
  await until('it waits for the row', async () => (await supabase.sql('select from pg_locks where not granted')).length > 0);
  await supabase.sql('commit');
  assert.equal(await resealing, total);
  assert.deepEqual(await load(newest), { ...data, session: { ...data.session, 2: 'newer' } });
});

overEachWay('what was interrupted goes on where it was', async ({ repository, keep, load }) => {
  const [old, newest] = [createKey(), createKey()];
  await keep(old);
  await supabase.sql(`
    create function public.interrupt() returns trigger language plpgsql as $$ begin raise 'interrupted'; end $$;
    create trigger interrupt before update on public.bot_session_data for each row when (old.key = '7') execute function public.interrupt()`);
  try {
    assert.equal((await failure(repository.reseal('a', { sealKey: [newest, old] }))).code, 'P0001');
  } finally {
    await supabase.sql('drop function public.interrupt cascade');
  }
  const { newest: beginning } = await sealerOf(newest);
  const sealed = await supabase.sql('select from public.bot_session_data where starts_with(value, $1)', [beginning]);
  assert.ok(sealed.length > 0);
  assert.equal(await repository.reseal('a', { sealKey: [newest, old] }), total - sealed.length);
  assert.deepEqual(await load(newest), data);
});

overEachWay('what cannot be opened is an error that shows no value', async ({ repository, keep }) => {
  const [old, newest] = [createKey(), createKey()];
  await keep(old);
  const rows = () => supabase.sql('select * from public.bot_session_data order by kind, key');
  const before = await rows();
  const wrong = await failure(repository.reseal('a', { sealKey: [newest, createKey()] }));
  assert.deepEqual([wrong.name, wrong.code, wrong.transient], ['BotSessionsError', 'wrongKey', false]);
  assert.ok(wrong.message.startsWith('reseal: '));
  assert.deepEqual(await rows(), before);
  await supabase.sql("update public.bot_session_data set value = left(value, -8) || 'AAAAAAA='");
  const damaged = await failure(repository.reseal('a', { sealKey: [newest, old] }));
  assert.equal(damaged.code, 'damaged');
  for (const error of [wrong, damaged]) {
    assert.ok(!/SECRET|v1\./.test(JSON.stringify([error, error.stack])));
  }
});

overEachWay('values that may not be changed are an error in the end', async ({ repository, keep }) => {
  const key = createKey();
  await keep(undefined);
  await supabase.sql(`
    create function public.keep() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger keep before update on public.bot_session_data for each row execute function public.keep()`);
  try {
    assert.equal((await failure(repository.reseal('a', { sealKey: [key, null] }))).code, 'changing');
  } finally {
    await supabase.sql('drop function public.keep cascade');
  }
});

test('what is no option of it is a TypeError, and nothing is sent', async () => {
  const repository = ways[0].create();
  supabase.gateway.fault = () => assert.fail('something was sent');
  try {
    for (const args of [['a'], ['a', {}], ['a', { sealKey: 'short' }], ['a', { sealKey: [null] }], [1, { sealKey: createKey() }],
      ['a', { sealKey: createKey(), to: 'b' }], ['a', { sealKey: createKey(), from: 1 }], ['a', { sealKey: createKey(), fence: 1.5 }]]) {
      assert.equal((await failure(repository.reseal(...args))).name, 'TypeError');
    }
  } finally {
    supabase.gateway.fault = null;
  }
});
