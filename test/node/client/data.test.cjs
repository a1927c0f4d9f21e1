'use strict';

// What the repository does with a bot's data, the same over every way to the database. PostgREST returns three rows at once.

const assert = require('node:assert/strict');
const { before, after, afterEach, test } = require('node:test');
const { startWays, wayNames } = require('./ways.cjs');

let supabase, ways, stop;
before(async () => ({ supabase, ways, stop } = await startWays({ maxRows: 3 })));
after(() => stop?.());
afterEach(() => supabase.sql('delete from public.bot_sessions'));

const secret = 'SECRET-VALUE';
const plain = (data) => JSON.parse(JSON.stringify(data));

function overEachWay(what, check) {
  wayNames.forEach((name, i) =>
    test(`${what}: ${name}`, async (t) => {
      if (ways[i].skip) return t.skip(ways[i].skip);
      const repository = ways[i].create({ pageSize: 3 });
      await repository.create({ session_id: 'a' });
      await check(repository);
    }),
  );
}

overEachWay('saved, loaded, changed, deleted and forgotten', async (repository) => {
  assert.deepEqual(plain(await repository.load('a')), {});
  assert.equal(await repository.save('a', { creds: { creds: 'c' }, session: { 'a.0': '1', 'b.1': '2' } }), 3);
  assert.equal(await repository.save('a', { session: { 'a.0': '1', 'b.1': null, 'c.2': '"ü✨\\\n' } }), 2);
  assert.deepEqual(plain(await repository.load('a', { session: ['a.0', 'b.1'], 'pre-key': null })), { session: { 'a.0': '1' } });
  assert.deepEqual(plain(await repository.load('a')), { creds: { creds: 'c' }, session: { 'a.0': '1', 'c.2': '"ü✨\\\n' } });
  assert.deepEqual(plain(await repository.load('a', {})), {});
  assert.equal(await repository.save('a', { session: null }), 2);
  assert.equal(await repository.forget('a', { reason: 'logged out' }), 1);
  assert.deepEqual(plain(await repository.load('a', null)), {});
});

overEachWay('any kinds and keys, and more of them than rows come at once', async (repository) => {
  const kinds = ['__proto__', 'constructor', 'a:b', 'a/b@c=_'];
  const keys = ['__proto__', 'toString', '1@s.whatsapp.net', 'a.0', 'b::c--d', '0'];
  const entries = (of, value) => Object.fromEntries(of.map((name) => [name, value(name)]));
  const data = entries(kinds, (kind) => entries(keys, (key) => `${kind} ${key}`));
  assert.equal(await repository.save('a', data), kinds.length * keys.length);
  assert.deepEqual(plain(await repository.load('a')), data);
  const some = await repository.load('a', entries(kinds, () => ['__proto__']));
  assert.equal(some.__proto__.__proto__, '__proto__ __proto__');
  assert.equal(some.toString, undefined);
});

overEachWay('many saves in one request answer for each', async (repository) => {
  const { fence } = await repository.create({ session_id: 'held', worker: 'w1' });
  await repository.create({ session_id: 'ended' });
  await repository.end('ended');
  const data = { creds: { creds: secret } };
  const answers = await repository.saveMany([
    { session_id: 'a', data },
    { session_id: 'nobody', data },
    { session_id: 'held', data, fence: fence - 1 },
    { session_id: 'held', data, fence },
    { session_id: 'ended', data },
  ]);
  assert.deepEqual(answers, [
    { session_id: 'a', changed: 1 }, { session_id: 'nobody', refused: 'PT404' }, { session_id: 'held', refused: 'PT409' },
    { session_id: 'held', changed: 1 }, { session_id: 'ended', refused: 'PT409' },
  ]);
  assert.deepEqual(await repository.saveMany([]), []);
});

overEachWay('what is refused is an error, which shows no kind, key or value', async (repository) => {
  const { fence } = await repository.create({ session_id: 'held', worker: 'w1' });
  const long = { [secret]: { [secret.repeat(100)]: secret } };
  const half = '\ud83d';
  for (const [call, wanted] of [
    [() => repository.load('nobody'), { code: 'PT404', notFound: true }],
    [() => repository.save('nobody', { k: { k: secret } }), { code: 'PT404', notFound: true }],
    [() => repository.forget('nobody'), { code: 'PT404', notFound: true }],
    [() => repository.load('held'), { code: 'PT409', conflict: true }],
    [() => repository.save('held', { k: { k: secret } }, { fence: fence - 1 }), { code: 'PT409', conflict: true }],
    [() => repository.forget('held', { fence: fence - 1 }), { code: 'PT409', conflict: true }],
    [() => repository.save('a', long), { code: '22023', transient: false }],
    [() => repository.save('a', { k: { k: `${secret}\0` } }), { code: '22P05' }],
    [() => repository.save('a', { k: { [secret + half]: '' } }), { code: '22P05' }],
    [() => repository.load('a', { k: [secret + half] }), { code: '22P05' }],
    [() => repository.save('a', { k: { [secret]: undefined } }), { name: 'TypeError' }],
    [() => repository.save('a', { [secret]: 1 }), { name: 'TypeError' }],
    [() => repository.save('a', [secret]), { name: 'TypeError' }],
    [() => repository.saveMany([{ session_id: 'a', data: { k: { [secret]: 1 } } }]), { name: 'TypeError' }],
    [() => repository.load('a', { k: secret }), { name: 'TypeError' }],
    [() => repository.save('a', {}, { fence: 1.5 }), { name: 'TypeError' }],
  ]) {
    const error = await call().then(() => assert.fail('it succeeded'), (reason) => reason);
    assert.deepEqual({ ...wanted, ...Object.fromEntries(Object.keys(wanted).map((key) => [key, error[key]])) }, wanted);
    assert.ok(!JSON.stringify([error, error.stack]).includes(secret), error.stack);
  }
  assert.deepEqual(await supabase.sql('select * from public.bot_session_data'), []);
});
