'use strict';

// The store that the manager hands to a bot: under the bot's fence, flushed when it stops, lost with its lease.

const assert = require('node:assert/strict');
const { after, afterEach, before, test } = require('node:test');
const { createBotManager } = require('../../../clients/node/src/index.js');
const { until } = require('../harness.cjs');
const { down, startBots } = require('./bots.cjs');

let supabase, repository, watch, createBots, reset, stop;
before(async () => ({ supabase, repository, watch, createBots, reset, stop } = await startBots()));
afterEach(() => reset());
after(() => stop?.());

const plain = (data) => JSON.parse(JSON.stringify(data));
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const rows = async () => (await supabase.sql('select kind, key, value from public.bot_session_data order by 1, 2')).map(Object.values);

/** A manager whose bots hand out their stores. */
function createStores({ stopBot = () => {}, ...options } = {}) {
  const stores = [];
  const reports = [];
  const made = createBots({
    worker: undefined,
    async startBot(session, report, store) {
      stores.push(store);
      reports.push(report);
      return { stop: () => stopBot(store) };
    },
    ...options,
  });
  return { ...made, stores, reports };
}

for (const worker of [undefined, false]) {
  test(`what a bot saves as it stops is written before its session is left, and nothing afterwards: worker ${worker}`, async () => {
    const { manager, stores, errors } = createStores({ worker, stopBot: (store) => void store.save({ creds: { creds: 'last' } }) });
    await manager.startSession({ session_id: 'bot1' });
    await stores[0].save({ creds: { creds: 'first' }, k: { a: '1' } });
    const requests = watch();
    await manager.shutdown();
    assert.ok(requests.indexOf('bot_session_save_many') >= 0);
    if (worker !== false) assert.ok(requests.indexOf('bot_session_save_many') < requests.indexOf('bot_session_release'));
    assert.equal((await failure(stores[0].save({ k: { a: '2' } }))).conflict, true);
    await stores[0].flush();
    assert.deepEqual(await rows(), [['creds', 'creds', 'last'], ['k', 'a', '1']]);
    assert.deepEqual(errors, []);
    const next = createStores({ worker });
    await next.manager.restoreSessions();
    assert.deepEqual(plain(await next.stores[0].load()), { creds: { creds: 'last' }, k: { a: '1' } });
  });
}

test('what a bot has saved and could not be written is an error of shutdown, and its lease is released all the same', async () => {
  const { manager, stores, errors } = createStores({ botTimeout: 100 });
  await manager.startSession({ session_id: 'bot1' });
  const requests = watch((forward, response, name) => (name === 'bot_session_save_many' ? down(null, response) : forward()));
  const saving = failure(stores[0].save({ creds: { creds: 'c' } }));
  await assert.rejects(manager.shutdown(), (error) => {
    assert.deepEqual(error.errors.map(({ message }) => message), ['bot1 was not saved in 100 ms']);
    return true;
  });
  assert.equal((await saving).conflict, true, 'the store was given up');
  assert.equal(requests.at(-1), 'bot_session_release');
  assert.deepEqual(errors.map(({ error }) => error.message).slice(-1), ['bot1 was not saved in 100 ms']);
});

test('a bot that was logged out for good leaves nothing to log in with', async () => {
  const { manager, stores, reports } = createStores();
  await manager.startSession({ session_id: 'bot1' });
  await stores[0].save({ creds: { creds: 'c' } });
  reports[0].ended('logged out', { forget: true });
  await until('its end', () => manager.running().length === 0);
  assert.deepEqual(await rows(), []);
});

test('a bot whose session is another worker\'s is stopped by its own save, and its store goes with it', async () => {
  const stopped = [];
  const { manager, stores, errors } = createStores({ stopBot: (store) => void stopped.push(store.session_id) });
  await manager.startSession({ session_id: 'bot1' });
  await supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);
  const [{ fence }] = await repository.claim('other');
  await repository.save('bot1', { creds: { creds: 'of the other' } }, { fence });
  assert.equal((await failure(stores[0].save({ creds: { creds: 'stale' } }))).conflict, true);
  await until('it to stop', () => manager.running().length === 0);
  assert.deepEqual(stopped, ['bot1']);
  assert.equal((await failure(stores[0].load())).conflict, true);
  assert.deepEqual(await rows(), [['creds', 'creds', 'of the other']]);
  assert.deepEqual(errors.map(({ error, session_id }) => [error.code, session_id]), [['PT409', 'bot1']]);
});

test('each start gets a store of its own; that of a start that failed is given up', async () => {
  const stores = [];
  const { manager } = createBots({
    worker: undefined,
    async startBot(session, report, store) {
      stores.push(store);
      if (stores.length === 1) throw new Error('no connection to the messenger');
      return { stop() {} };
    },
  });
  await failure(manager.startSession({ session_id: 'bot1' }));
  await until('the second start', () => stores.length === 2);
  assert.equal((await failure(stores[0].save({ k: { a: 'late' } }))).conflict, true);
  await stores[1].save({ k: { a: '1' } });
  assert.deepEqual(await rows(), [['k', 'a', '1']]);
});

test('sealKey seals what the bots log in with; what is no key is a TypeError at once', async () => {
  const sealKey = Buffer.alloc(32, 1).toString('base64');
  const { manager, stores } = createStores({ sealKey });
  await manager.startSession({ session_id: 'bot1' });
  await stores[0].save({ creds: { creds: 'plain text' } });
  const [[, , value]] = await rows();
  assert.match(value, /^v1\.[0-9a-f]{8}\./);
  assert.deepEqual(plain(await stores[0].load()), { creds: { creds: 'plain text' } });
  for (const options of [{ sealKey: 'short' }, { sealKey: '' }, { cacheBytes: -1 }]) {
    assert.throws(() => createBotManager({ repository, startBot() {}, ...options }), TypeError);
  }
});
