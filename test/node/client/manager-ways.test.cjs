'use strict';

// The manager over every way to the database, which breaks and comes back.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const { createBotManager } = require('../../../clients/node/src/index.js');
const { until } = require('../harness.cjs');
const { startWays, wayNames } = require('./ways.cjs');

let supabase, ways, stop;
before(async () => ({ supabase, ways, stop } = await startWays()));
after(() => stop?.());

function createWorker(repository, worker) {
  const bots = {};
  const errors = [];
  const manager = createBotManager({
    repository,
    worker,
    retryDelay: 20,
    claimInterval: 3_600_000,
    onError: (error) => errors.push(error),
    async startBot(session, report) {
      bots[session.session_id] = { ...report, session };
      return { stop() {} };
    },
  });
  return { manager, bots, errors };
}

wayNames.forEach((name, i) =>
  test(`bots start, report through an outage, and are handed over: ${name}`, async (t) => {
    const { skip, create, fail, mend } = ways[i];
    if (skip) return t.skip(skip);
    const repository = create({ timeout: 2000 });
    const one = createWorker(repository, 'w1');
    const ids = ['a', 'b', 'c'].map((id) => `${i}${id}`);
    for (const session_id of ids) await one.manager.startSession({ session_id });
    const last = async () => (await supabase.sql('select last_message from public.bot_sessions where session_id = $1', [ids[0]]))[0].last_message;
    one.bots[ids[0]].message('hello');
    await until('the message', async () => (await last()) === 'hello');
    if (fail) {
      fail('cut');
      one.bots[ids[0]].message('during the outage');
      await until('some tries', () => one.errors.length > 1);
      assert.ok(one.errors.every(({ transient }) => transient), String(one.errors));
      mend();
      await until('the message', async () => (await last()) === 'during the outage');
    }
    one.bots[ids[0]].message('last words');
    await one.manager.shutdown();
    assert.equal(await last(), 'last words');

    const two = createWorker(repository, 'w2');
    const { restored, failed } = await two.manager.restoreSessions();
    assert.deepEqual([restored.sort(), failed, two.errors], [ids, [], []]);
    assert.equal(two.bots[ids[0]].session.last_message, 'last words');
    for (const session_id of ids) await two.manager.endSession({ session_id });
    assert.deepEqual((await repository.history(ids[0])).map(({ event }) => event), [
      'created', 'claimed', 'released', 'claimed', 'ended', 'released',
    ]);
    await two.manager.shutdown();
  }),
);
