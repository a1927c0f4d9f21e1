'use strict';

// Every error of the database that the repository can meet, alike over every way; and what is no answer of it.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const pg = require('pg');
const { BotSessionsError, createRepository, version } = require('../../../clients/node/src/index.js');
const { tokens, until } = require('../harness.cjs');
const { startWays, wayNames } = require('./ways.cjs');

const secret = 'SECRET-QR';
const login = { creds: { creds: secret } };
const sealKey = Buffer.alloc(32, 1).toString('base64');

let supabase, ways, stop, fence;
before(async () => {
  ({ supabase, ways, stop } = await startWays());
  const repository = ways[0].create();
  for (const session_id of ['active', 'ended']) await repository.create({ session_id });
  await repository.update('active', { last_message: secret, qr_data: secret });
  await repository.end('ended');
  ({ fence } = await repository.create({ session_id: 'held', worker: 'w1', ttl: 3_600_000 }));
});
after(() => stop?.());

const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);

/** Which codes the methods of the repository were refused with, by way and method. */
const provoked = Object.fromEntries(wayNames.map((name) => [name, {}]));

/** The error of a call, which is noted. */
async function refusal(way, repository, call) {
  const asked = [];
  const error = await failure(call(new Proxy(repository, { get: (methods, name) => (asked.push(name), methods[name]) })));
  (provoked[way][asked[0]] ??= new Set()).add(error.code);
  return error;
}

const told = ({ code, message, details, hint, notFound, conflict, transient }) =>
  ({ code, message, details, hint, notFound, conflict, transient });

const unknown = { code: 'PT404', notFound: true, conflict: false, transient: false };
const conflict = { code: 'PT409', notFound: false, conflict: true, transient: false };
const final = (code) => ({ code, notFound: false, conflict: false, transient: false });

const refused = {
  'update of an unknown session': [(r) => r.update('nobody', { last_message: secret }), unknown],
  'end of an unknown session': [(r) => r.end('nobody'), unknown],
  'a QR code for an inactive session': [(r) => r.update('ended', { qr_data: secret }), conflict],
  'a lease that another worker holds': [(r) => r.create({ session_id: 'held', worker: 'w2' }), conflict],
  'an update with a stale fence': [(r) => r.update('held', { fence: fence - 1, last_message: secret }), conflict],
  'an end of an empty session_id': [(r) => r.end(''), final('22023')],
  'an end with a stale fence': [(r) => r.end('held', { fence: fence - 1 }), conflict],
  'a fence where there is no lease': [(r) => r.update('active', { fence }), conflict],
  'an empty session_id': [(r) => r.create({ session_id: '' }), final('22023')],
  'a session_id that is too long': [(r) => r.update('x'.repeat(256)), final('22023')],
  'an empty session_id in a batch': [(r) => r.updateMany([{ session_id: 'active' }, { session_id: '' }]), final('22023')],
  'an empty worker': [(r) => r.create({ session_id: 'new', worker: '' }), final('22023')],
  'a claim by nobody': [(r) => r.claim(''), final('22023')],
  'a claim of no session': [(r) => r.claim('w1', { maxSessions: 0 }), final('22023')],
  'a ttl of nothing': [(r) => r.create({ session_id: 'new', worker: 'w1', ttl: 0 }), final('22023')],
  'a renewal into the past': [(r) => r.renew({ held: fence }, { ttl: -1 }), final('22023')],
  'an idle time of nothing': [(r) => r.expire(0), final('22023')],
  'an expiry of no session': [(r) => r.expire(1000, { maxSessions: -1 }), final('22023')],
  'data for an inactive session': [(r) => r.save('ended', login), conflict],
  'a save without a fence while a lease is live': [(r) => r.save('held', login), conflict],
  'a load without a fence while a lease is live': [(r) => r.load('held'), conflict],
  'a forget without a fence while a lease is live': [(r) => r.forget('held'), conflict],
  'a save with a stale fence': [(r) => r.save('held', login, { fence: fence - 1 }), conflict],
  'a load with a stale fence': [(r) => r.load('held', null, { fence: fence - 1 }), conflict],
  'a forget with a stale fence': [(r) => r.forget('held', { fence: fence - 1 }), conflict],
  'a save to an unknown session': [(r) => r.save('nobody', login), unknown],
  'a load of an unknown session': [(r) => r.load('nobody'), unknown],
  'a forget of an unknown session': [(r) => r.forget('nobody'), unknown],
  'an empty kind': [(r) => r.save('active', { '': { k: secret } }), final('22023')],
  'a key that is too long': [(r) => r.save('active', { k: { ['k'.repeat(513)]: secret } }), final('22023')],
  'an empty key that is to be loaded': [(r) => r.load('active', { k: [''] }), final('22023')],
  'a save to an empty session_id': [(r) => r.save('', login), final('22023')],
  'a load of an empty session_id': [(r) => r.load(''), final('22023')],
  'a forget of an empty session_id': [(r) => r.forget(''), final('22023')],
  'an empty session_id in many saves': [(r) => r.saveMany([{ session_id: 'active', data: login }, { session_id: '', data: {} }]), final('22023')],
  'a heartbeat interval of nothing': [(r) => r.update('active', { heartbeatInterval: 0 }), final('22023')],
};

for (const [what, [call, wanted]] of Object.entries(refused)) {
  test(`${what}: ${wanted.code}, alike over every way`, async () => {
    const content = async () => [
      await supabase.sql('select s::text, l::text from public.bot_sessions s natural left join public.bot_session_leases l'),
      await supabase.sql('select * from public.bot_session_data'),
    ];
    const before = await content();
    const errors = [];
    for (const { name, create, skip } of ways) {
      if (skip) continue;
      const error = await refusal(name, create(), call);
      assert.ok(error instanceof BotSessionsError, error.stack);
      assert.ok(!JSON.stringify([error, error.stack]).includes(secret), 'no error shows a QR code or a message');
      errors.push(told(error));
    }
    assert.deepEqual({ ...errors[0], ...wanted }, errors[0]);
    for (const error of errors) assert.deepEqual(error, errors[0]);
    assert.deepEqual(await content(), before, 'nothing was written');
  });
}

test('a value that breaks a check of the table is a final error', async () => {
  await supabase.sql(`alter table public.bot_sessions add constraint allowed check (last_message <> 'not allowed')`);
  try {
    for (const { name, create, skip } of ways) {
      if (skip) continue;
      const error = await refusal(name, create(), (r) => r.update('active', { last_message: 'not allowed' }));
      assert.deepEqual([error.code, error.transient, error.notFound, error.conflict], ['23514', false, false, false], name);
    }
  } finally {
    await supabase.sql('alter table public.bot_sessions drop constraint allowed');
  }
});

test('no privilege is a final error', async () => {
  for (const { name, anonymous } of ways) {
    if (!anonymous) continue;
    const repository = anonymous();
    for (const [operation, call] of Object.entries(calls)) {
      const error = await refusal(name, repository, call);
      assert.deepEqual([error.code, error.transient, error.notFound], ['42501', false, false], `${name}, ${operation}`);
    }
  }
});

test('a read-only transaction is a transient error', async () => {
  const pool = new pg.Pool({
    user: 'postgres', database: supabase.name, options: '-c role=service_role -c default_transaction_read_only=on',
  });
  const only = "alter role service_role set transaction_read_only = on; notify pgrst, 'reload config'";
  await supabase.sql(only);
  try {
    const repositories = [...ways.slice(0, 2).map(({ create }) => create()), createRepository({ pool })];
    for (const [i, repository] of repositories.entries()) {
      await until('PostgREST to know', () => repository.create({ session_id: 'active' }).then(() => false, ({ code }) => code === '25006'));
      for (const [operation, call] of Object.entries(calls)) {
        if (['read', 'list', 'overview', 'history', 'version'].includes(operation)) continue;
        const error = await refusal(wayNames[i], repository, call);
        assert.deepEqual([error.code, error.transient], ['25006', true], `${wayNames[i]}, ${operation}: ${error.message}`);
      }
    }
  } finally {
    await supabase.sql("alter role service_role reset transaction_read_only; notify pgrst, 'reload config'");
    await pool.end();
  }
  for (const { create } of ways.slice(0, 2)) {
    await until('PostgREST to know', () => create().create({ session_id: 'active' }).then(() => true, () => false));
  }
});

const calls = {
  create: (r) => r.create({ session_id: 'active' }),
  read: (r) => r.read('active'),
  update: (r) => r.update('active', { last_message: 'm' }),
  updateMany: (r) => r.updateMany([{ session_id: 'active' }]),
  end: (r) => r.end('active'),
  expire: (r) => r.expire(1000),
  claim: (r) => r.claim('w1'),
  renew: (r) => r.renew({ held: 1 }),
  release: (r) => r.release({ held: 1 }),
  delete: (r) => r.delete('active'),
  list: (r) => r.list(),
  overview: (r) => r.overview(),
  history: (r) => r.history('active'),
  version: (r) => r.version(),
  save: (r) => r.save('active', login),
  saveMany: (r) => r.saveMany([{ session_id: 'active', data: login }]),
  load: (r) => r.load('active'),
  forget: (r) => r.forget('active'),
  reseal: (r) => r.reseal('active', { sealKey }),
};

wayNames.slice(0, 3).forEach((name, i) => {
  for (const how of ['cut', 'silent']) {
    test(`a database that is away (${how}) is never "no such session": ${name}`, async () => {
      const repository = ways[i].create({ timeout: how === 'silent' ? 100 : 60_000 });
      assert.notEqual(await ways[i].create().read('active'), null);
      ways[i].fail(how);
      try {
        for (const [operation, call] of Object.entries(calls)) {
          const error = await failure(call(repository));
          assert.ok(error instanceof BotSessionsError, error.stack);
          assert.ok(error.message.startsWith(`${operation}: no answer`), error.message);
          const { code, status, notFound, conflict, transient, timedOut } = error;
          assert.deepEqual({ code, status, notFound, conflict, transient, timedOut }, {
            code: '', status: undefined, notFound: false, conflict: false, transient: true, timedOut: how === 'silent',
          }, operation);
        }
      } finally {
        ways[i].mend();
      }
      assert.notEqual(await ways[i].create().read('active'), null, 'it is there again');
    });
  }
});

const json = (status, body) => (request, response) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
const page = (status) => (request, response) => response.writeHead(status).end('<html>a page of the gateway</html>');

// What is no answer of the database, or one that will pass: [fault, transient].
const answers = {
  'PGRST001': [json(503, { code: 'PGRST001', message: 'no database' }), true],
  'PGRST002': [json(503, { code: 'PGRST002', message: 'schema cache' }), true],
  'PGRST003': [json(504, { code: 'PGRST003', message: 'pool' }), true],
  'PGRST301': [json(401, { code: 'PGRST301', message: 'JWT' }), true],
  'PGRST303': [json(401, { code: 'PGRST303', message: 'JWT issued at future' }), true],
  'a deadlock': [json(500, { code: '40P01', message: 'deadlock detected' }), true],
  'a lock that is not to be had': [json(500, { code: '55P03', message: 'lock' }), true],
  'a statement timeout': [json(500, { code: '57014', message: 'canceling statement' }), true],
  'a server that shuts down': [json(503, { code: '57P01', message: 'terminating connection' }), true],
  'too many connections': [json(503, { code: '53300', message: 'sorry' }), true],
  'a standby': [json(400, { code: '0A000', message: 'cannot set transaction read-write mode during recovery' }), true],
  'a server that only reads': [json(405, { code: '25006', message: 'read-only' }), true],
  'a page with 502': [page(502), true],
  'a page with 503': [page(503), true],
  'a page with 404': [page(404), true],
  'a 404 without a body': [(request, response) => response.writeHead(404).end(), true],
  'a page with 408': [page(408), true],
  'too many requests': [page(429), true],
  'a page with 200': [page(200), true],
  'an answer that breaks off': [(request, response) => {
    response.writeHead(200, { 'Content-Length': 1000 }).write('[{"session_id": "act');
    setImmediate(() => response.destroy());
  }, true],
  'a wrong key': [json(401, { message: 'Invalid API key' }), false],
  'another unsupported feature': [json(400, { code: '0A000', message: 'not supported' }), false],
  'a user\'s exception': [json(400, { code: 'P0001', message: 'no' }), false],
  'a page with 413': [page(413), false],
  'a page with 403': [page(403), false],
  'a redirect': [(request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end(), false],
};

for (const [what, [fault, transient]] of Object.entries(answers)) {
  test(`${what} is ${transient ? 'transient' : 'final'}, and never "no such session"`, async () => {
    const gateway = wayNames.slice(0, what === 'a redirect' ? 1 : 2);
    supabase.gateway.fault = fault;
    try {
      for (const [i, name] of gateway.entries()) {
        for (const [operation, call] of Object.entries(calls)) {
          const error = await failure(call(ways[i].create()));
          assert.ok(error instanceof BotSessionsError, error.stack);
          assert.ok(error.message.startsWith(`${operation}: `) && !error.message.includes('<html'), error.message);
          const { notFound, conflict } = error;
          assert.deepEqual([notFound, conflict, error.transient], [false, false, transient], `${name}, ${operation}: ${error.message}`);
        }
      }
    } finally {
      supabase.gateway.fault = null;
    }
  });
}

for (const code of ['PGRST202', 'PGRST205', '42P01', '42883']) {
  test(`${code} means: run the migration; and after a success that it will pass`, async () => {
    for (const { create } of ways.slice(0, 2)) {
      const repository = create();
      supabase.gateway.fault = json(404, { code, message: 'not found', hint: 'Perhaps.' });
      const first = await failure(repository.create({ session_id: 'active' }));
      assert.deepEqual([first.code, first.transient, first.notFound], [code, false, false]);
      assert.match(first.hint, /^Perhaps\. Run the migration create_bot_sessions\.sql/);
      supabase.gateway.fault = null;
      await repository.read('active');
      supabase.gateway.fault = json(404, { code, message: 'not found' });
      const second = await failure(repository.create({ session_id: 'active' }));
      supabase.gateway.fault = null;
      assert.deepEqual([second.code, second.transient, second.notFound], [code, true, false]);
    }
  });
}

test('an unknown function or argument in a database of another version is explained by that, and final', async () => {
  const answer = (request, response, forward) => {
    if (request.url.includes('/rpc/bot_session_version')) {
      return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"edition":"C","version":"0.9.0"}');
    }
    if (!request.url.includes('/rpc/')) return forward();
    json(404, { code: 'PGRST202', message: 'Could not find the function' })(request, response);
  };
  supabase.gateway.fault = answer;
  for (const { create } of ways.slice(0, 2)) {
    const repository = create();
    await repository.read('active');
    const error = await failure(repository.claim('w1'));
    assert.equal(
      error.message,
      `claim: Could not find the function; the database has version 0.9.0 of botsession, this package is ${version}`,
    );
    assert.deepEqual([error.code, error.transient], ['PGRST202', false]);
    assert.match(error.hint, /^Run the migration/);
  }
  supabase.gateway.fault = null;
});

test('over node-postgres too an unknown function means: run the migration', async () => {
  await supabase.sql('alter function public.bot_session_end rename to elsewhere');
  try {
    const first = await failure(ways[2].create().end('active'));
    assert.deepEqual([first.code, first.transient], ['42883', false]);
    const repository = ways[2].create();
    await repository.read('active');
    const second = await failure(repository.end('active'));
    assert.deepEqual([second.code, second.transient], ['42883', true]);
  } finally {
    await supabase.sql('alter function public.elsewhere rename to bot_session_end');
  }
});

for (const [table, theirs] of [
  ['bot_sessions', Object.keys(calls).filter((name) => !['history', 'version'].includes(name))],
  ['bot_session_data', ['save', 'saveMany', 'load', 'forget']],
]) {
  test(`a missing table ${table} means: run the migration, alike over every way`, async () => {
    const repositories = ways.filter(({ skip }) => !skip).map(({ name, create }) => [name, create(), create()]);
    for (const [, , used] of repositories) await used.version();
    await supabase.sql(`alter table public.${table} rename to elsewhere`);
    try {
      for (const [way, fresh, used] of repositories) {
        for (const operation of theirs) {
          const first = await refusal(way, fresh, calls[operation]);
          assert.deepEqual([first.code, first.transient, first.notFound], ['42P01', false, false], `${way}, ${operation}: ${first.message}`);
          assert.match(first.hint, /[Rr]un the migration/);
          const second = await failure(calls[operation](used));
          assert.deepEqual([second.code, second.transient, second.notFound], ['42P01', true, false]);
        }
      }
    } finally {
      await supabase.sql(`alter table public.elsewhere rename to ${table}`);
    }
  });
}

test('every error that the comment of a function names was provoked over each transport', async () => {
  const functions = {
    create: 'start', update: 'touch', updateMany: 'touch_many', end: 'end', expire: 'expire', claim: 'claim', renew: 'renew',
    release: 'release', save: 'save', saveMany: 'save_many', load: 'load', forget: 'forget', overview: 'overview',
  };
  const comments = new Map((await supabase.sql(
    `select proname, obj_description(oid, 'pg_proc') as text from pg_proc where proname ~ '^bot_session_' and pronamespace = 'public'::regnamespace`,
  )).map(({ proname, text }) => [proname, text]));
  // What the package refuses before it is sent: a session_id that is null, fences that are no numbers (checks.test.cjs).
  const neverSent = ['release 22023', ...Object.keys(functions).map((method) => `${method} 22004`)];
  const missing = [];
  let named = 0;
  for (const [method, name] of Object.entries(functions)) {
    const [, errors] = /^Errors: (.*)/m.exec(comments.get(`bot_session_${name}`)) ?? assert.fail(`${name} names no errors`);
    for (const [code] of errors.matchAll(/\b(PT\d{3}|\d{2}[0-9A-Z]{3})\b/g)) {
      named++;
      for (const way of wayNames.slice(0, 3)) {
        if (!provoked[way][method]?.has(code) && !neverSent.includes(`${method} ${code}`)) missing.push(`${way}: ${method} ${code}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(named > 50, String(named));
  const methods = Object.keys(ways[0].create()).filter((method) => method !== 'store');
  assert.deepEqual(Object.keys(calls).sort(), methods.sort(), 'each method is called here');
});

test('the pool keeps a connection whose statement was refused, and none that broke or was given up', async () => {
  const pool = new pg.Pool({ user: 'postgres', database: supabase.name, max: 1 });
  try {
    const repository = createRepository({ pool, timeout: 500 });
    const backend = async () => (await pool.query('select pg_backend_pid() as pid')).rows[0].pid;
    const first = await backend();
    await failure(repository.update('nobody'));
    assert.equal(await backend(), first);

    await supabase.sql('begin; update public.bot_sessions set last_message = last_message');
    const error = await failure(repository.update('active'));
    await supabase.sql('rollback');
    assert.deepEqual([error.timedOut, error.transient], [true, true]);
    const second = await backend();
    assert.notEqual(second, first);

    await supabase.sql('select pg_terminate_backend($1)', [second]);
    await repository.read('active').catch((error) => assert.equal(error.transient, true));
    assert.notEqual(await repository.read('active'), null);

    // All connections are taken: the request has not been sent, and is not sent later.
    const taken = await pool.connect();
    assert.equal((await failure(repository.create({ session_id: 'too late' }))).timedOut, true);
    taken.release();
    assert.equal(await repository.read('too late'), null);
  } finally {
    await pool.end();
  }
});

test('no error and no object shows the key', async () => {
  const { inspect } = require('node:util');
  const repository = createRepository({ url: supabase.gateway.url, key: tokens.anon });
  const error = await failure(repository.read('active'));
  assert.ok(!inspect([repository, error], { depth: 10, showHidden: true }).includes(tokens.anon));
});
