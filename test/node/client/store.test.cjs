'use strict';

// A store: its queue, its cache and its end. The order in which answers come is the test's.

const assert = require('node:assert/strict');
const { after, afterEach, before, describe, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { BotSessionsError } = require('../../../clients/node/src/errors.js');
const { SharedRequests } = require('../../../clients/node/src/shared-requests.js');
const { Store } = require('../../../clients/node/src/store.js');
const { startWays } = require('./ways.cjs');

const plain = (data) => JSON.parse(JSON.stringify(data));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const refusal = (code, status) => new BotSessionsError('test', { code, status, message: 'refused' });
const away = () => new BotSessionsError('test', { message: 'no answer' });

/** Stores whose requests the test answers: `requests` has { name, args, answer, fail } of those that wait. */
function createStores() {
  const requests = [];
  const ask = (name) => (...args) => new Promise((answer, fail) => requests.push({ name, args, answer, fail }));
  const access = { saves: new SharedRequests(ask('saveMany'), { parallel: true }), load: ask('load'), forget: ask('forget') };
  const create = (session_id = 'a', options) => new Store(session_id, { fence: 1, retryDelay: 1, ...options }, access);
  const next = async (name) => {
    const deadline = performance.now() + 60_000;
    while (requests.length === 0 && performance.now() < deadline) await turn();
    const request = requests.shift() ?? assert.fail(`waited in vain: ${name}`);
    assert.equal(request.name, name);
    return request;
  };
  /** Answers the next request for saves. Result: what was to be saved. */
  const written = async () => {
    const { args: [saves], answer } = await next('saveMany');
    answer(saves.map(({ session_id }) => ({ session_id, changed: 1 })));
    return plain(saves.map(({ data }) => data));
  };
  return { requests, create, next, written };
}

test('what is saved in one turn goes together; what comes meanwhile is merged, the newest value of a key, and goes next', async () => {
  const { create, next, written, requests } = createStores();
  const store = create();
  const saves = [store.save({ k: { a: '1' } }), store.save({ k: { b: '1' }, l: { c: '1' } })];
  const { args: [first], answer } = await next('saveMany');
  saves.push(store.save({ k: { a: '2' } }), store.save({ k: { a: '3', d: null } }));
  await turn();
  assert.equal(requests.length, 0, 'one is under way');
  answer([{ session_id: 'a', changed: 3 }]);
  assert.deepEqual(plain(first), [{ session_id: 'a', data: { k: { a: '1', b: '1' }, l: { c: '1' } }, fence: 1 }]);
  assert.deepEqual(await written(), [{ k: { a: '3', d: null } }]);
  await Promise.all([...saves, store.flush()]);
});

test('the stores of a process share requests', async () => {
  const { create, written } = createStores();
  const saves = ['a', 'b', 'c'].map((id) => create(id).save({ k: { k: id } }));
  assert.deepEqual(await written(), [{ k: { k: 'a' } }, { k: { k: 'b' } }, { k: { k: 'c' } }]);
  await Promise.all(saves);
});

test('no more than about 1 MB is merged, nor sent at once', async () => {
  const { create, written } = createStores();
  const store = create();
  const large = 'x'.repeat(400_000);
  const saves = [store.save({ k: { a: large } }), store.save({ k: { b: large } }), create('b').save({ k: { c: large } })];
  assert.deepEqual((await written()).map(({ k }) => Object.keys(k)), [['a']]);
  const rest = [...(await written()), ...(await written())];
  assert.deepEqual(rest.map(({ k }) => Object.keys(k)[0]).sort(), ['b', 'c']);
  await Promise.all(saves);
});

test('a kind that is deleted and filled again takes two requests', async () => {
  const { create, written } = createStores();
  const store = create();
  const saves = [store.save({ k: { a: '1' } }), store.save({ k: null }), store.save({ k: { b: '2' } })];
  assert.deepEqual(await written(), [{ k: null }]);
  assert.deepEqual(await written(), [{ k: { b: '2' } }]);
  await Promise.all(saves);
});

test('a load sees what is not written yet, deletions included, also what was saved while it was under way', async () => {
  const { create, next, written } = createStores();
  const store = create();
  const saves = [store.save({ k: { a: 'new', b: null }, gone: null })];
  const { args, answer } = await next('saveMany');
  const loading = store.load();
  const request = await next('load');
  saves.push(store.save({ k: { c: 'newer' } }), store.save({ late: { d: '1' } }));
  request.answer({ k: { a: 'old', b: 'old', c: 'old', e: 'there' }, gone: { f: '1' }, other: { g: '1' } });
  assert.deepEqual(plain(await loading), { k: { a: 'new', c: 'newer', e: 'there' }, late: { d: '1' }, other: { g: '1' } });
  assert.deepEqual(plain(await store.load({ k: ['a', 'b', 'c', 'e'], gone: null })), { k: { a: 'new', c: 'newer', e: 'there' } });
  answer(args[0].map(({ session_id }) => ({ session_id, changed: 1 })));
  assert.deepEqual(await written(), [{ k: { c: 'newer' }, late: { d: '1' } }]);
  await Promise.all(saves);
});

test('an answer that comes late does not take the place of what was written meanwhile', async () => {
  const { create, next, written, requests } = createStores();
  const store = create();
  const loading = store.load({ k: ['a'] });
  const load = await next('load');
  const saving = store.save({ k: { a: 'new' } });
  await written();
  await saving;
  load.answer({ k: { a: 'old' } });
  assert.deepEqual(plain(await loading), { k: { a: 'new' } });
  assert.deepEqual(plain(await store.load({ k: ['a'] })), { k: { a: 'new' } });
  assert.equal(requests.length, 0);
});

test('under a fence what was read and written is kept, and equal values are not sent again', async () => {
  const { create, next, written, requests } = createStores();
  const store = create();
  const loading = store.load({ k: ['a', 'missing'] });
  (await next('load')).answer({ k: { a: '1' } });
  await loading;
  assert.deepEqual(plain(await store.load({ k: ['missing', 'a'] })), { k: { a: '1' } });
  await store.save({ k: { a: '1', missing: null } });
  const saving = store.save({ k: { a: '1', b: '2' } });
  assert.deepEqual(await written(), [{ k: { b: '2' } }]);
  await saving;
  assert.equal(requests.length, 0);
  const more = store.load({ k: ['a', 'c'] });
  const { args, answer } = await next('load');
  assert.deepEqual(plain(args[1]), { k: ['c'] });
  answer({});
  assert.deepEqual(plain(await more), { k: { a: '1' } });
});

test('no more is kept than cacheBytes, the newest of it; without a fence nothing', async () => {
  const { create, next, requests } = createStores();
  const asks = async (store, key) => {
    const loading = store.load({ k: [key] });
    await turn();
    const asked = requests.length > 0;
    if (asked) (await next('load')).answer({ k: { [key]: 'x'.repeat(100) } });
    assert.deepEqual(plain(await loading), { k: { [key]: 'x'.repeat(100) } });
    return asked;
  };
  const small = create('a', { cacheBytes: 700 });
  for (const key of ['a', 'b', 'a', 'c']) await asks(small, key);
  assert.deepEqual([await asks(small, 'a'), await asks(small, 'c'), await asks(small, 'b')], [false, false, true]);
  const unfenced = create('a', { fence: null });
  assert.deepEqual([await asks(unfenced, 'a'), await asks(unfenced, 'a')], [true, true]);
});

test('a save whose answer was lost may be written: then the value that was there before is sent', async () => {
  const { create, next, written } = createStores();
  const store = create('a', { retryDelay: 1e9 });
  const first = store.save({ k: { a: 'old' } });
  await written();
  await first;
  const second = store.save({ k: { a: 'new' } });
  (await next('saveMany')).fail(away());
  await turn();
  const third = store.save({ k: { a: 'old' } });
  void store.flush();
  assert.deepEqual(await written(), [{ k: { a: 'old' } }]);
  await Promise.all([second, third]);
});

test('what passes by itself keeps the save pending, and is reported once', async () => {
  const { create, next, written } = createStores();
  const errors = [];
  const store = create('a', { onError: (error) => errors.push(error) });
  let settled = false;
  const saving = store.save({ k: { a: '1' } }).finally(() => (settled = true));
  for (let i = 0; i < 3; i++) (await next('saveMany')).fail(away());
  assert.equal(settled, false);
  assert.equal(errors.length, 1);
  assert.deepEqual(await written(), [{ k: { a: '1' } }]);
  await saving;
});

test('flush tries at once what waits to be sent again', async () => {
  const { create, next, written } = createStores();
  const store = create('a', { retryDelay: 1e9 });
  const saving = store.save({ k: { a: '1' } });
  (await next('saveMany')).fail(away());
  await turn();
  const flushed = store.flush();
  await written();
  await Promise.all([flushed, saving]);
});

test('a refusal rejects its save alone, and is reported', async () => {
  const { create, next, written } = createStores();
  const errors = [];
  const store = create('a', { onError: (error) => errors.push(error.code) });
  const saves = ['a', 'bad', 'c'].map((key) => store.save({ k: { [key]: '1' } }));
  const refused = failure(saves[1]);
  (await next('saveMany')).fail(refusal('22023', 400));
  assert.deepEqual(await written(), [{ k: { a: '1' } }]);
  (await next('saveMany')).fail(refusal('22023', 400));
  assert.deepEqual(await written(), [{ k: { c: '1' } }]);
  assert.equal((await refused).code, '22023');
  await Promise.all([saves[0], saves[2], store.flush()]);
  assert.deepEqual(errors, ['22023']);
  const loading = store.load({ k: ['bad'] });
  (await next('load')).answer({});
  assert.deepEqual(plain(await loading), {});
});

test('one store that is refused, or whose row is locked, keeps no other waiting', async () => {
  const { create, next, written } = createStores();
  const late = new BotSessionsError('test', { code: '57014', status: 500, message: 'statement timeout' });
  const errors = [];
  const [slow, quick] = ['slow', 'quick'].map((id) => create(id, { onError: (error) => errors.push([id, error.code]) }));
  const saves = [slow.save({ k: { a: '1' } }), quick.save({ k: { a: '2' } })];
  (await next('saveMany')).fail(late);
  const locked = await next('saveMany');
  assert.deepEqual(await written(), [{ k: { a: '2' } }]);
  await saves[1];
  locked.fail(late);
  const again = await next('saveMany');
  const other = quick.save({ k: { a: '3' } });
  assert.deepEqual(await written(), [{ k: { a: '3' } }]);
  await other;
  again.answer([{ session_id: 'slow', changed: 1 }]);
  await saves[0];
  assert.deepEqual(errors, [['slow', '57014']], 'told once, to the one that it is about');
});

test('forget comes in its turn', async () => {
  const { create, next, written } = createStores();
  const store = create();
  const saves = [store.save({ k: { a: '1' } })];
  const forgotten = store.forget();
  saves.push(store.save({ k: { b: '2' } }));
  assert.deepEqual(plain(await store.load()), { k: { b: '2' } });
  assert.deepEqual(await written(), [{ k: { a: '1' } }]);
  (await next('forget')).answer(7);
  assert.equal(await forgotten, 7);
  assert.deepEqual(await written(), [{ k: { b: '2' } }]);
  await Promise.all(saves);
});

test('a forget that gets no answer is sent again; one that is another worker\'s loses the store', async () => {
  const { create, next } = createStores();
  const lost = [];
  const store = create('a', { onLost: (error) => lost.push(error.code) });
  const forgotten = store.forget();
  (await next('forget')).fail(away());
  (await next('forget')).answer(2);
  assert.equal(await forgotten, 2);
  const refused = failure(store.forget());
  (await next('forget')).fail(refusal('PT409', 409));
  assert.deepEqual([(await refused).code, lost], ['PT409', ['PT409']]);
});

test('a load that is under way while all is forgotten, or something refused, does not show it', async () => {
  const { create, next, requests } = createStores();
  const store = create();
  const before = store.load();
  const forgotten = store.forget();
  const load = await next('load');
  (await next('forget')).answer(1);
  await forgotten;
  load.answer({ k: { a: 'forgotten' } });
  assert.deepEqual(plain(await before), {});

  const refused = failure(store.save({ k: { bad: '1' } }));
  const save = await next('saveMany');
  const loading = store.load({ l: null });
  const first = await next('load');
  save.fail(refusal('22023', 400));
  await refused;
  first.answer({ l: { a: 'old' } });
  (await next('load')).answer({ l: { a: 'new' } });
  assert.deepEqual(plain(await loading), { l: { a: 'new' } }, 'it was asked anew');
  await store.save({});
  assert.equal(requests.length, 0, 'nothing to save is no request');
});

test('a failed load rejects, and nothing is taken for its answer', async () => {
  const { create, next } = createStores();
  const store = create();
  const loading = failure(store.load({ k: ['a'] }));
  (await next('load')).fail(away());
  assert.equal((await loading).transient, true);
  const again = store.load({ k: ['a'] });
  (await next('load')).answer({ k: { a: '1' } });
  assert.deepEqual(plain(await again), { k: { a: '1' } });
});

describe('a store is lost', () => {
  const ways = {
    'by a save under a stale fence': async ({ next }) => {
      (await next('saveMany')).answer([{ session_id: 'a', refused: 'PT409' }]);
      return 'PT409';
    },
    'by a save to a deleted session': async ({ next }) => {
      (await next('saveMany')).answer([{ session_id: 'a', refused: 'PT404' }]);
      return 'PT404';
    },
    'by a load under a stale fence': async ({ next }, store) => {
      await next('saveMany');
      const loading = failure(store.load({ k: ['x'] }));
      (await next('load')).fail(refusal('PT409', 409));
      await loading;
      return 'PT409';
    },
    'when it is given up': async ({ next }, store, ends) => {
      await next('saveMany');
      ends.abort(refusal('PT409'));
      return 'PT409';
    },
  };
  for (const [how, lose] of Object.entries(ways)) {
    test(`${how}: told once, everything rejects, nothing is sent any more`, async () => {
      const stores = createStores();
      const lost = [];
      const ends = new AbortController();
      const store = stores.create('a', { onLost: (error) => lost.push(error), signal: ends.signal });
      const saves = [failure(store.save({ k: { a: '1' } }))];
      await turn();
      saves.push(failure(store.save({ k: { b: '1' } })));
      const code = await lose(stores, store, ends);
      for (const error of await Promise.all(saves)) assert.equal(error.code, code);
      const calls = [async () => store.save({ k: { c: '1' } }), async () => store.load({ k: ['a'] }), async () => store.load({}), async () => store.forget()];
      for (const call of calls) assert.equal((await failure(call())).code, code);
      await store.flush();
      ends.abort(refusal('PT404'));
      await turn();
      assert.equal(lost.length, 1);
      assert.equal(lost[0].code, code);
      assert.equal(stores.requests.length, 0);
    });
  }
});

test('what is answered after a store was lost changes nothing; a load that is under way rejects', async () => {
  for (const answer of [
    (save) => save.answer([{ session_id: 'a', changed: 1 }]),
    (save) => save.answer([{ session_id: 'a', refused: 'PT404' }]),
    (save) => save.fail(away()),
    (save) => save.fail(refusal('22023', 400)),
  ]) {
    const { create, next, requests } = createStores();
    const [lost, errors] = [[], []];
    const ends = new AbortController();
    const store = create('a', { onLost: (error) => lost.push(error.code), onError: (error) => errors.push(error), signal: ends.signal });
    const saving = failure(store.save({ k: { a: '1' } }));
    const save = await next('saveMany');
    const loading = failure(store.load({ k: ['b'] }));
    const load = await next('load');
    ends.abort(new Error('the bot was stopped'));
    answer(save);
    load.answer({ k: { b: '1' } });
    for (const error of [await saving, await loading]) assert.equal(error.code, 'PT409');
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual([lost, errors, requests], [['PT409'], [], []]);
  }
});

test('a store whose signal has come is lost from the start', async () => {
  const { create, requests } = createStores();
  const store = create('a', { signal: AbortSignal.abort(refusal('PT404', 404)) });
  assert.equal((await failure(store.load({ k: ['a'] }))).code, 'PT404');
  assert.equal(requests.length, 0);
});

describe('through the database', () => {
  let supabase, ways, stop;
  before(async () => ({ supabase, ways, stop } = await startWays()));
  after(() => stop?.());
  afterEach(() => supabase.sql('delete from public.bot_sessions'));

  for (const i of [0, 2]) {
    const name = ['url and key', '', 'node-postgres'][i];

    test(`a login is there again for the next worker, and the one before cannot change it: ${name}`, async () => {
      const repository = ways[i].create();
      const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
      const lost = [];
      const first = repository.store('a', { fence, onLost: (error) => lost.push(error.code) });
      await first.save({ creds: { creds: '{"me":1}' }, session: { 'a.0': 'one', 'b.0': 'two' } });
      await repository.release({ a: fence });
      const [lease] = await repository.claim('w2');
      const second = repository.store('a', { fence: lease.fence });
      assert.deepEqual(plain(await second.load()), { creds: { creds: '{"me":1}' }, session: { 'a.0': 'one', 'b.0': 'two' } });
      await second.save({ session: { 'a.0': 'newer', 'b.0': null } });
      assert.equal((await failure(first.save({ session: { 'a.0': 'stale' } }))).conflict, true);
      assert.equal((await failure(first.forget())).conflict, true);
      assert.deepEqual(lost, ['PT409']);
      assert.deepEqual(plain(await repository.store('a', { fence: lease.fence }).load({ session: null })), { session: { 'a.0': 'newer' } });
      assert.equal(await second.forget(), 2);
    });

    for (const how of ['cut', 'silent']) {
      test(`an outage of 3 s (${how}) under 250 transactions: all settle, and the rows are equal to memory: ${name}`, async () => {
        const patient = ways[i].create();
        const { fence } = await patient.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
        // What is sent into the silence is given up after a while, and sent again.
        const store = ways[i].create({ timeout: how === 'silent' ? 700 : 10_000 }).store('a', { fence, retryDelay: 5 });
        const memory = {};
        const saves = [];
        for (let n = 0; n < 250; n++) {
          if (n === 50) ways[i].fail(how);
          if (n === 200) {
            await sleep(3000);
            ways[i].mend();
          }
          const key = String(n % 40);
          memory[key] = String(n);
          saves.push(store.save({ session: { [key]: memory[key] } }));
          assert.deepEqual(plain(await store.load({ session: [key] })), { session: { [key]: memory[key] } });
          await turn();
        }
        await Promise.all(saves);
        assert.deepEqual(plain(await patient.load('a', null, { fence })), { session: memory });
      });
    }
  }

  test('no stored value is opened with a wrong key, moved, damaged or taken for sealed; none is "no such key"', async () => {
    const repository = ways[0].create();
    await repository.create({ session_id: 'a' });
    const [key, other] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    const secret = 'SECRET-ü✨';
    await repository.store('a', { sealKey: key }).save({ creds: { creds: secret, moved: '' } });
    const stored = (await repository.load('a')).creds;
    assert.match(stored.creds, /^v1\.[0-9a-f]{8}\.[A-Za-z0-9+/]+=*$/);
    const load = (sealKey, name = 'creds') => repository.store('a', { sealKey }).load({ creds: [name] });
    for (const keys of [key, [key], [other, key], [key, null], [other, null, key]]) {
      assert.deepEqual(plain(await load(keys)), { creds: { creds: secret } });
    }
    const damaged = stored.creds.slice(0, -8) + (stored.creds.at(-8) === 'A' ? 'B' : 'A') + stored.creds.slice(-7);
    await repository.save('a', { creds: { moved: stored.creds, damaged, plain: secret, short: stored.creds.slice(0, 16) } });
    for (const [code, ...what] of [
      ['wrongKey', other], ['wrongKey', [other, null]], ['damaged', key, 'moved'], ['damaged', key, 'damaged'],
      ['damaged', [key, null], 'short'], ['unsealed', key, 'plain'],
    ]) {
      const error = await failure(load(...what));
      assert.ok(error instanceof BotSessionsError);
      assert.deepEqual([error.code, error.transient, error.notFound, error.conflict], [code, false, false, false]);
      assert.ok(!JSON.stringify([error, error.stack]).includes(secret));
    }
    assert.deepEqual(plain(await load([key, null], 'plain')), { creds: { plain: secret } });
    assert.deepEqual(plain(await load(key, 'nothing')), {});
  });

  test('an equal plain text is not sent again, sealed or not', async () => {
    const repository = ways[0].create();
    const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
    for (const sealKey of [undefined, Buffer.alloc(32, 1).toString('base64')]) {
      const store = repository.store('a', { fence, sealKey });
      await store.save({ k: { a: 'x' } });
      const before = await repository.load('a', null, { fence });
      await store.save({ k: { a: 'x' } });
      assert.deepEqual(await repository.load('a', null, { fence }), before);
    }
  });

  test('what is no option of a store is a TypeError at once', () => {
    const repository = ways[0].create();
    const key = Buffer.alloc(32, 1).toString('base64');
    for (const sealKey of [null, '', 'short', key.slice(4), `${key}!`, [], [null], [null, key], [key, 'x'], 7, Buffer.alloc(32)]) {
      assert.throws(() => repository.store('a', { sealKey }), { name: 'TypeError', message: /^sealKey must be 32 bytes/ });
    }
    for (const options of [{ fence: '1' }, { cacheBytes: -1 }, { onLost: 1 }, { onError: null, x: 1 }, { retryDelay: 0 }]) {
      assert.throws(() => repository.store('a', options), TypeError);
    }
    assert.throws(() => repository.store(7), TypeError);
    assert.throws(() => repository.store('a\0'), { name: 'BotSessionsError', code: '22P05' });
  });
});
