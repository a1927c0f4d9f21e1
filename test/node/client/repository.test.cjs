'use strict';

// What the repository does, the same over every way to the database. PostgREST returns three rows at once.

const assert = require('node:assert/strict');
const { before, after, afterEach, describe, test } = require('node:test');
const { BotSessionsError, createRepository, version } = require('../../../clients/node/src/index.js');
const { edition, tokens } = require('../harness.cjs');
const { startWays, wayNames } = require('./ways.cjs');

let supabase, ways, stop;
before(async () => ({ supabase, ways, stop } = await startWays({ maxRows: 3 })));
after(() => stop?.());
afterEach(() => supabase.sql('delete from public.bot_sessions; truncate public.bot_session_events'));

const ids = (rows) => rows.map(({ session_id }) => session_id);
const pick = (row, ...names) => Object.fromEntries(names.map((name) => [name, row[name]]));
const runOut = (...session_ids) =>
  supabase.sql(
    `update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second' where session_id = any ($1)`,
    [session_ids],
  );

/** The same test over each way, with a repository and a function that makes one with options. */
function overEachWay(what, check) {
  wayNames.forEach((name, i) =>
    test(`${what}: ${name}`, async (t) => {
      if (ways[i].skip) return t.skip(ways[i].skip);
      await check(ways[i].create({ pageSize: 3 }), ways[i].create);
    }),
  );
}

overEachWay('the life of a session', async (repository) => {
  assert.equal(await repository.read('a'), null);
  assert.equal((await repository.create({ session_id: 'a' })).previous_status, null);
  assert.equal((await repository.create({ session_id: 'a', worker: null })).previous_status, 'active');
  assert.equal((await repository.update('a', { last_message: 'hello', qr_data: 'QR' })).qr_data, 'QR');
  assert.equal((await repository.update('a', { qr_data: '' })).qr_data, null);
  assert.equal((await repository.update('a', { last_message: null, fence: null })).last_message, 'hello');
  const { updated_at } = await repository.update('a');
  assert.equal((await repository.update('a', { heartbeatInterval: 3_600_000 })).updated_at, updated_at);
  assert.equal((await repository.end('a', { reason: 'over' })).status, 'inactive');
  assert.deepEqual(pick(await repository.read('a'), 'session_id', 'status', 'last_message', 'qr_data'), {
    session_id: 'a', status: 'inactive', last_message: 'hello', qr_data: null,
  });
  assert.deepEqual((await repository.history('a')).map(({ event, reason }) => [event, reason]), [
    ['created', null], ['recovered', null], ['ended', 'over'],
  ]);
  assert.equal(await repository.delete('a'), true);
  assert.equal(await repository.delete('a'), false);
  assert.equal(await repository.read('a'), null);
});

overEachWay('the life of a lease', async (repository) => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
  assert.ok(Number.isSafeInteger(fence));
  assert.equal((await repository.update('a', { last_message: 'm', fence })).fence, fence);
  await assert.rejects(repository.update('a', { last_message: 'late', fence: fence - 1 }), { conflict: true });
  await assert.rejects(repository.create({ session_id: 'a', worker: 'w2' }), { conflict: true, transient: false });
  const [renewed] = await repository.renew({ a: fence, b: fence }, { ttl: 7_200_000 });
  assert.deepEqual(pick(renewed, 'session_id', 'worker', 'fence'), { session_id: 'a', worker: 'w1', fence });
  assert.ok(Math.abs(Date.parse(renewed.expires_at) - Date.now() - 7_200_000) < 600_000, renewed.expires_at);
  assert.deepEqual(ids(await repository.release({ a: fence })), ['a']);
  assert.deepEqual(await repository.release({ a: fence }), []);
  const [claimed] = await repository.claim('w2');
  assert.deepEqual([claimed.session_id, claimed.worker, claimed.fence > fence], ['a', 'w2', true]);
  await assert.rejects(repository.end('a', { fence }), { conflict: true });
  assert.equal((await repository.end('a', { fence: claimed.fence })).status, 'inactive');
});

overEachWay('everything is listed, though only three rows come at once', async (repository, create) => {
  const all = ['a', 'b', 'b,c', 'd e', 'f"g"', 'h&i', '__proto__', 'constructor', 'j', 'k%2', 'l+m', 'ü', '*', 'null'];
  for (const session_id of all) await repository.create({ session_id });
  await repository.end('j');
  for (const lister of [repository, create({ pageSize: 2 }), create()]) {
    assert.deepEqual(ids(await lister.list()).sort(), [...all].sort());
    assert.deepEqual(ids(await lister.list({ status: 'active' })).sort(), all.filter((id) => id !== 'j').sort());
    assert.deepEqual(ids(await lister.list({ status: 'inactive' })), ['j']);
    assert.deepEqual(ids(await lister.overview()).sort(), [...all].sort());
    assert.deepEqual(ids(await lister.overview({ status: 'active' })).sort(), all.filter((id) => id !== 'j').sort());
  }
  for (const session_id of all) {
    assert.equal((await repository.read(session_id)).session_id, session_id);
    assert.equal(await repository.delete(session_id), true);
  }
  assert.deepEqual(await repository.list(), []);
});

overEachWay('the trail of one session and of all, the newest of them where that is asked for', async (repository) => {
  for (const session_id of ['a', 'b']) {
    await repository.create({ session_id });
    await repository.end(session_id, { reason: `end of ${session_id}` });
    await repository.create({ session_id });
  }
  const told = (events) => events.map(({ session_id, event }) => `${session_id} ${event}`);
  const all = ['a created', 'a ended', 'a reopened', 'b created', 'b ended', 'b reopened'];
  assert.deepEqual(told(await repository.history()), all);
  assert.deepEqual(told(await repository.history(null, { limit: 4 })), all.slice(-4));
  assert.deepEqual(told(await repository.history('a')), all.slice(0, 3));
  assert.deepEqual(told(await repository.history('a', { limit: 1 })), ['a reopened']);
  const [, { event_id, actor_role, actor_sub }] = await repository.history();
  assert.ok(Number.isSafeInteger(event_id));
  assert.deepEqual([actor_role, actor_sub], ['service_role', null]);
});

overEachWay('a batch answers for each element', async (repository) => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  await repository.create({ session_id: 'ended' });
  await repository.end('ended');
  const rows = await repository.updateMany([
    { session_id: 'a', last_message: 'one', fence },
    { session_id: 'nobody', last_message: 'x' },
    { session_id: 'a', last_message: 'late', fence: fence + 1 },
    { session_id: 'ended', qr_data: 'QR' },
    { session_id: 'a', qr_data: 'QR', fence: null },
  ]);
  assert.deepEqual(rows.map((row) => [row.session_id, row.status, row.last_message, row.qr_data, row.fence]), [
    ['a', 'active', 'one', null, fence], ['nobody', null, null, null, null], ['a', 'active', 'one', null, null],
    ['ended', 'inactive', null, null, null], ['a', 'active', 'one', 'QR', null],
  ]);
  assert.deepEqual(await repository.updateMany([]), []);
});

overEachWay('leases are renewed and released page by page, and claimed no more than a page at once', async (repository) => {
  const all = ['a', 'b', 'c', 'd', '__proto__'];
  const entries = [];
  for (const session_id of all) entries.push([session_id, (await repository.create({ session_id, worker: 'w1' })).fence]);
  const fences = Object.fromEntries(entries);
  assert.deepEqual(ids(await repository.renew(fences)).sort(), [...all].sort());
  assert.deepEqual(ids(await repository.release(fences)).sort(), [...all].sort());
  const first = await repository.claim('w2', { maxSessions: 10, ttl: 60_000 });
  const second = await repository.claim('w2', { maxSessions: 10 });
  assert.deepEqual([first.length, second.length], [3, 2]);
  assert.deepEqual(ids([...first, ...second]).sort(), [...all].sort());
  assert.deepEqual(await repository.renew({}), []);
});

overEachWay('idle sessions are expired, but none under a live lease', async (repository) => {
  await repository.create({ session_id: 'idle' });
  await repository.create({ session_id: 'leased', worker: 'w1', ttl: 3_600_000 });
  await repository.create({ session_id: 'abandoned', worker: 'w1', ttl: 3_600_000 });
  await runOut('abandoned');
  assert.deepEqual(await repository.expire(3_600_000), []);
  const expired = await repository.expire(0.001, { reason: 'silent', maxSessions: 10 });
  assert.deepEqual(ids(expired).sort(), ['abandoned', 'idle']);
  assert.deepEqual((await repository.history('idle')).at(-1).reason, 'silent');
  await repository.create({ session_id: 'idle' });
  await repository.create({ session_id: 'abandoned' });
  assert.equal((await repository.expire(0.001, { maxSessions: 1 })).length, 1);
});

overEachWay('the end of a session forgets what its bot logs in with, where that is asked for', async (repository) => {
  const { fence } = await repository.create({ session_id: 'a', worker: 'w1' });
  const save = () => supabase.sql(`insert into public.bot_session_data (session_id, kind, key, value) values ('a', 'creds', 'creds', 'x')`);
  const hasData = async () => (await repository.overview())[0].has_data;
  await save();
  await repository.end('a', { fence });
  assert.equal(await hasData(), true);
  await repository.create({ session_id: 'a' });
  await repository.end('a', { reason: 'logged out', forget: true });
  assert.equal(await hasData(), false);
  assert.deepEqual((await repository.history('a')).slice(-2).map(({ event, reason }) => [event, reason]), [
    ['ended', 'logged out'], ['forgotten', 'logged out'],
  ]);
});

test('a set that PostgREST has cut is an error, not a smaller set', async () => {
  for (const { create } of ways.slice(0, 2)) {
    const repository = create();
    const entries = ['a', 'b', 'c', 'd'].map(async (session_id) => {
      return [session_id, (await repository.create({ session_id, worker: 'w1' })).fence];
    });
    const fences = Object.fromEntries(await Promise.all(entries));
    const cut = { code: 'pageSize', transient: false, message: /of 4 rows 3 were returned: pageSize is above db-max-rows/ };
    await assert.rejects(repository.updateMany(Object.keys(fences).map((session_id) => ({ session_id }))), cut);
    await assert.rejects(repository.renew(fences), cut);
    await assert.rejects(repository.release(fences), cut);
    await assert.rejects(repository.claim('w1'), cut);
  }
});

test('rows are the same over all ways, to the character', async () => {
  const [first] = ways;
  const writer = first.create();
  await supabase.sql('alter table public.bot_sessions add column extra jsonb, add column price numeric(10, 2)');
  await writer.create({ session_id: 'a', worker: 'w1', ttl: 3_600_000 });
  await writer.update('a', { last_message: 'ünï ✨ "quoted" \\ \n', qr_data: 'QR' });
  await supabase.sql(`update public.bot_sessions set extra = '{"b": 1, "a": 1.50}', price = 12.50`);
  const seen = await Promise.all(
    ways.filter(({ skip }) => !skip).map(async ({ create }) => {
      const repository = create({ pageSize: 3 });
      const [overview] = await repository.overview();
      delete overview.idle;
      return JSON.stringify([
        await repository.read('a'), await repository.list(), overview, await repository.history('a'),
        pick(await repository.update('a', { heartbeatInterval: 3_600_000 }), 'created_at', 'updated_at', 'fence', 'extra'),
      ]);
    }),
  );
  await supabase.sql('alter table public.bot_sessions drop column extra, drop column price');
  assert.deepEqual(seen, Array(seen.length).fill(seen[0]));
});

overEachWay('the version of the database is told', async (repository) => {
  const there = await supabase.sql(`select 1 from pg_proc where proname = 'bot_session_version'`);
  if (there.length === 0) return assert.rejects(repository.version(), { name: 'BotSessionsError' });
  const row = await repository.version();
  assert.deepEqual([row.edition.toLowerCase().replace('/', ''), row.version], [edition, version]);
});

test('a request that is too large for the gateway goes in halves, and only what is too large by itself fails', async () => {
  for (const session_id of ['a', 'b', 'c']) await ways[0].create().create({ session_id });
  for (const { create, mend } of ways.slice(0, 2)) {
    const sizes = [];
    supabase.gateway.fault = (request, response, forward) => {
      sizes.push(Number(request.headers['content-length']));
      if (sizes.at(-1) > 400) response.writeHead(413).end('<html>too large</html>');
      else forward();
    };
    const repository = create({ pageSize: 3 });
    const elements = ['a', 'b', 'c'].map((session_id) => ({ session_id, last_message: session_id.repeat(150) }));
    assert.deepEqual((await repository.updateMany(elements)).map((row) => row.last_message?.[0]), ['a', 'b', 'c']);
    assert.equal(sizes.length, 3);
    elements[2].last_message = 'x'.repeat(1000);
    await assert.rejects(repository.updateMany(elements), { status: 413, transient: false, message: /^updateMany: / });
    mend();
  }
});

describe('createRepository', () => {
  const url = 'https://your-project.supabase.co';
  for (const [what, options, message] of [
    ['nothing', {}, /takes one of/],
    ['two ways', { url, key: 'k', pool: {} }, /takes one of/],
    ['no key', { url }, /^key must be/],
    ['a key with a line break', { url, key: 'secret\n' }, /^key must be/],
    ['no URL', { url: 'your-project', key: 'k' }, /^url must be/],
    ['a URL with a password', { url: 'https://user:secret@host', key: 'k' }, /^url must have no/],
    ['no pool', { pool: { query() {} } }, /^pool must be/],
    ['no client', { supabase: {} }, /^supabase must be/],
    ['an unknown option', { url, key: 'k', pagesize: 1 }, /must not have pagesize/],
    ['no schema', { url, key: 'k', schema: '' }, /^schema must be/],
  ]) {
    test(`refuses ${what}`, () => {
      assert.throws(() => createRepository(options), (error) => {
        assert.ok(error instanceof TypeError && !error.stack.includes('secret'), error.stack);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('takes the URL of the project or of its PostgREST, with a slash at the end or without', async () => {
    for (const end of ['', '/', '/rest/v1', '/rest/v1/']) {
      const repository = createRepository({ url: supabase.gateway.url + end, key: tokens.service_role });
      assert.equal(await repository.read('nobody'), null);
    }
  });
});

overEachWay('another schema is asked where that is named', async (repository, create) => {
  const elsewhere = create({ schema: 'no"where' });
  await assert.rejects(elsewhere.read('a'), (error) => {
    assert.ok(error instanceof BotSessionsError);
    assert.match(error.code, /^(PGRST106|42P01)$/);
    return true;
  });
});
