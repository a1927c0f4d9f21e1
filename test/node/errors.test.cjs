'use strict';

// Every error that a client can provoke: HTTP status and JSON body, for the roles of Supabase.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { before, after, test } = require('node:test');
const { jwt, startSupabase, tokens, until } = require('./harness.cjs');

const secret = 'SECRET-QR';

let supabase;
before(async () => {
  supabase = await startSupabase();
  for (const session_id of ['active', 'ended']) await supabase.call('bot_session_start', { session_id });
  for (const session_id of ['held', 'over']) {
    await supabase.call('bot_session_start', { session_id, worker: 'w1', ttl: '1 hour' });
  }
  await supabase.call('bot_session_end', { session_id: 'over' });
  await supabase.call('bot_session_touch', { session_id: 'active', last_message: secret, qr_data: secret });
  await supabase.call('bot_session_end', { session_id: 'ended' });
});
after(() => supabase?.stop());

/** Compares status and body of an answer, all of it where all of it is given. */
function expectError({ status, body }, wantedStatus, wanted) {
  assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'hint', 'message']);
  assert.deepEqual(
    { status, ...Object.fromEntries(Object.keys(wanted).map((key) => [key, body[key]])) },
    { status: wantedStatus, ...wanted },
  );
  assert.ok(!JSON.stringify(body).includes(secret), 'no error shows a QR code or a message');
}

const tooLong = 'x'.repeat(256);
const noId = {
  code: '22004', message: 'session_id must not be null', details: null,
  hint: "Pass the name of the session, for example session_id => 'bot1'.",
};
const badId = { code: '22023', message: 'session_id must have between 1 and 255 characters', details: null, hint: null };
const unknown = (id) => ({
  code: 'PT404', message: 'session not found', details: `There is no session "${id}", or row level security hides it.`,
  hint: 'Start it with bot_session_start.',
});
const inactive = {
  code: 'PT409', message: 'session is inactive', details: 'Session "ended" has ended and takes no QR code.',
  hint: 'Start it again with bot_session_start.',
};
const heldElsewhere = {
  code: 'PT409', message: 'another worker holds the lease of the session',
  details: 'Session "held" runs elsewhere; nothing was changed.',
  hint: 'bot_session_overview shows which worker, and until when; bot_session_claim takes over what was abandoned.',
};
const stale = (id) => ({
  code: 'PT409', message: 'fence is stale',
  details: `The lease of session "${id}" is no longer held with that fence; nothing was written.`,
  hint: 'Another worker may run the bot: stop it here, and start or claim its session to run it again.',
});
const noWorker = {
  code: '22023', message: 'worker must not be empty', details: null,
  hint: 'Pass a name that no other process has, for example its host with something random.',
};
const badTtl = { code: '22023', message: 'ttl must be a positive interval', details: null, hint: "For example interval '5 minutes'." };
const badCount = { code: '22023', message: 'max_sessions must be a positive number', details: null, hint: null };
const noFences = {
  code: '22023', message: 'fences must be a JSON object', details: null,
  hint: 'For example {"bot1": 42}, with the fences that bot_session_start and bot_session_claim returned.',
};
const fenceHint = 'A fence is a JSON number: 42 and not "42".';
const badFence = { code: '22023', message: 'every fence of fences must be a whole number', details: null, hint: fenceHint };
const element = (message) => ({ code: '22023', message, details: null });
const batch = (sessions) => ['bot_session_touch_many', { sessions }];

const table = [
  ...['bot_session_start', 'bot_session_touch', 'bot_session_end'].flatMap((name) => [
    [[name, { session_id: null }], 400, noId],
    [[name, { session_id: '' }], 400, badId],
    [[name, { session_id: tooLong }], 400, badId],
    [[name, {}], 404, { code: 'PGRST202' }],
    [[name, { session_id: 'active', extra: 1 }], 404, { code: 'PGRST202' }],
    [[name, { sessionId: 'active' }], 404, { code: 'PGRST202' }],
  ]),
  [['bot_session_touch', { session_id: 'nobody' }], 404, unknown('nobody')],
  [['bot_session_touch', { session_id: 'nobody', last_message: secret, qr_data: secret }], 404, unknown('nobody')],
  [['bot_session_end', { session_id: 'nobody', reason: 'x' }], 404, unknown('nobody')],
  [['bot_session_touch', { session_id: 'ended', last_message: 'm', qr_data: secret }], 409, inactive],
  [batch(null), 400, { code: '22023', message: 'sessions must be a JSON array' }],
  [batch({}), 400, { code: '22023', message: 'sessions must be a JSON array' }],
  [batch('active'), 400, { code: '22023', message: 'sessions must be a JSON array' }],
  [batch([secret]), 400, element('element 1 of sessions must be an object')],
  [batch([{ session_id: 'active' }, [secret]]), 400, element('element 2 of sessions must be an object')],
  [batch([{ last_message: secret }]), 400, element('element 1 of sessions has no session_id')],
  [batch([{ session_id: null }]), 400, element('element 1 of sessions has no session_id')],
  [batch([{ session_id: 7 }]), 400, element('session_id of element 1 of sessions must be a string')],
  [batch([{ session_id: 'active', last_message: [secret] }]), 400,
    element('last_message of element 1 of sessions must be a string')],
  [batch([{ session_id: 'active', qr_data: { secret } }]), 400,
    element('qr_data of element 1 of sessions must be a string')],
  [batch([{ session_id: 'active', [secret]: 'x' }]), 400, {
    ...element('element 1 of sessions has an unknown key'), hint: 'The keys are session_id, last_message, qr_data and fence.',
  }],
  [batch([{ session_id: '' }]), 400,
    element('session_id of element 1 of sessions must have between 1 and 255 characters')],
  [batch([{ session_id: tooLong }]), 400,
    element('session_id of element 1 of sessions must have between 1 and 255 characters')],
  ...[null, '0 seconds', '-1 hour'].map((idle) => [
    ['bot_session_expire', { idle }], 400,
    { code: '22023', message: 'idle must be a positive interval', details: null, hint: "For example interval '5 minutes'." },
  ]),
  ...[null, 0, -1].map((max_sessions) => [
    ['bot_session_expire', { idle: '1 hour', max_sessions }], 400, badCount,
  ]),
  [['bot_session_expire', {}], 404, { code: 'PGRST202' }],
  [['bot_session_expire', { idle: 'soon' }], 400, { code: '22007' }],
  [['bot_session_expire', { idle: '1 hour', max_sessions: 'many' }], 400, { code: '22P02' }],
  [['bot_session_touch', { session_id: 'active', last_message: 'nul \0' }], 400, { code: '22P05' }],
  [['bot_session_start', { session_id: 'held', worker: 'w2' }], 409, heldElsewhere],
  [['bot_session_start', { session_id: 'new', worker: '' }], 400, noWorker],
  ...['0 seconds', '-1 hour', null].map((ttl) => [
    ['bot_session_start', { session_id: 'new', worker: 'w1', ttl }], 400, badTtl,
  ]),
  // A session that nobody holds, one held with another fence, one that has ended.
  ...['active', 'held', 'over'].flatMap((session_id) => [
    [['bot_session_touch', { session_id, fence: 0 }], 409, stale(session_id)],
    [['bot_session_touch', { session_id, fence: 0, last_message: secret, qr_data: secret }], 409, stale(session_id)],
    [['bot_session_touch', { session_id, fence: 0, heartbeat_interval: '1 hour' }], 409, stale(session_id)],
    [['bot_session_end', { session_id, fence: 0, reason: secret }], 409, stale(session_id)],
  ]),
  [['bot_session_touch', { session_id: 'nobody', fence: 0 }], 404, unknown('nobody')],
  [['bot_session_end', { session_id: 'nobody', fence: 0 }], 404, unknown('nobody')],
  [['bot_session_touch', { session_id: 'held', fence: 'x' }], 400, { code: '22P02' }],
  [['bot_session_touch', { session_id: 'held', fence: 1.5 }], 400, { code: '22P02' }],
  ...['1', 1.5, true, {}, 1e20].map((fence) => [
    batch([{ session_id: 'held', fence }]), 400, { ...element('fence of element 1 of sessions must be a whole number'), hint: fenceHint },
  ]),
  ...[null, ''].map((worker) => [['bot_session_claim', { worker }], 400, noWorker]),
  ...[null, 0, -1].map((max_sessions) => [['bot_session_claim', { worker: 'w1', max_sessions }], 400, badCount]),
  ...[null, '0 seconds', '-1 hour'].flatMap((ttl) => [
    [['bot_session_claim', { worker: 'w1', ttl }], 400, badTtl],
    [['bot_session_renew', { fences: { held: 0 }, ttl }], 400, badTtl],
  ]),
  [['bot_session_claim', {}], 404, { code: 'PGRST202' }],
  ...['bot_session_renew', 'bot_session_release'].flatMap((name) => [
    ...[null, [], 'held', 7].map((fences) => [[name, { fences }], 400, noFences]),
    ...['1', 1.5, null, [1], 1e20].map((fence) => [[name, { fences: { held: fence } }], 400, badFence]),
  ]),
  [['bot_session_renew', {}], 404, { code: 'PGRST202' }],
  [['bot_session_release', {}], 404, { code: '42883' }], // PostgREST hands {} on to whatever takes one jsonb
  [['bot_session_overview', { stale_after: 'later' }], 400, { code: '22007' }],
];

for (const [[name, args], status, wanted] of table) {
  const shown = JSON.stringify(args).replace(tooLong, '256 characters');
  test(`${name} ${shown}: ${status} ${wanted.code}`, async () => {
    const content = async () => [
      await supabase.sql('select * from public.bot_sessions order by 1'),
      await supabase.sql('select * from public.bot_session_leases order by 1'),
    ];
    const before = await content();
    expectError(await supabase.rpc(name, args), status, wanted);
    assert.deepEqual(await content(), before, 'nothing was written');
  });
}

test('the trigger functions cannot be called', async () => {
  for (const name of ['bot_session_maintain', 'bot_session_audit', 'bot_session_audit_lease']) {
    const { status, body } = await supabase.rpc(name, {});
    assert.deepEqual([status, body.code], [404, 'PGRST202']);
  }
});

test('arguments of another JSON type arrive as their text', async () => {
  for (const [value, text] of [[42, '42'], [true, 'true'], [{ a: 1 }, '{"a":1}'], [['b'], '["b"]']]) {
    const row = await supabase.call('bot_session_start', { session_id: value });
    assert.equal(row.session_id, text);
    const touched = await supabase.call('bot_session_touch', { session_id: value, last_message: value });
    assert.equal(touched.last_message, text);
  }
  assert.deepEqual(await supabase.call('bot_session_expire', { idle: '1 hour', max_sessions: '5' }), []);
});

test('supabase-js hands the error on', async () => {
  const { data, error, status } = await supabase.client().rpc('bot_session_touch', { session_id: 'nobody' });
  assert.equal(data, null);
  assert.equal(status, 404);
  assert.deepEqual({ ...error }, { ...unknown('nobody') });
});

test('GET is a read-only transaction: 405, also where nothing would be written', async () => {
  for (const query of [
    'bot_session_start?session_id=active', 'bot_session_start?session_id=new',
    'bot_session_touch?session_id=active', 'bot_session_touch?session_id=nobody',
    'bot_session_end?session_id=ended', 'bot_session_expire?idle=1 hour', 'bot_session_claim?worker=w1',
  ]) {
    expectError(await supabase.request(`/rpc/${query}`), 405, { code: '25006' });
  }
  assert.deepEqual(await supabase.sql(`select from public.bot_sessions where session_id = 'new'`), []);
});

test('a direct write that breaks a rule: 400, without the row', async () => {
  const write = (method, query, body) => supabase.request(`/bot_sessions${query}`, { method, body });
  const bad = (message) => ({ code: '23514', message, details: null, hint: null });
  const badStatus = bad('status must be "active" or "inactive"');
  const base = { qr_data: secret, last_message: secret };
  expectError(await write('POST', '', { session_id: 'x', status: 'paused', ...base }), 400, badStatus);
  expectError(await write('PATCH', '?session_id=eq.active', { status: '' }), 400, badStatus);
  expectError(await write('PATCH', '?session_id=eq.active', { status: null }), 400, bad('status must not be null'));
  expectError(await write('PATCH', '?session_id=eq.active', { created_at: null }), 400, bad('created_at must not be null'));
  expectError(await write('POST', '', base), 400, bad('session_id must not be null'));
  for (const session_id of ['', tooLong]) {
    const badLength = bad('session_id must have between 1 and 255 characters');
    expectError(await write('POST', '', { session_id, ...base }), 400, badLength);
    expectError(await write('PATCH', '?session_id=eq.active', { session_id }), 400, badLength);
  }
  const duplicate = await write('POST', '', { session_id: 'active', ...base });
  expectError(duplicate, 409, { code: '23505' });
});

test('anon gets 401, authenticated 403, for everything', async () => {
  const calls = [
    ['bot_session_start', { session_id: 'active' }], ['bot_session_touch', { session_id: 'active' }],
    ['bot_session_end', { session_id: 'active' }], ['bot_session_expire', { idle: '1 hour' }], batch([]),
    ['bot_session_start', { session_id: 'active', worker: 'w1' }], ['bot_session_claim', { worker: 'w1' }],
    ['bot_session_renew', { fences: {} }], ['bot_session_release', { fences: {} }], ['bot_session_overview', {}],
  ];
  for (const [token, status] of [['anon', 401], ['authenticated', 403]]) {
    for (const [name, args] of calls) {
      const wanted = { code: '42501', message: `permission denied for function ${name}` };
      expectError(await supabase.rpc(name, args, { token }), status, wanted);
    }
    for (const name of ['bot_sessions', 'bot_session_events', 'bot_session_leases']) {
      for (const [method, body] of [['GET'], ['POST', { session_id: 'x' }], ['PATCH', { session_id: 'x' }], ['DELETE']]) {
        const query = method === 'POST' ? '' : '?session_id=eq.active';
        const answer = await supabase.request(`/${name}${query}`, { token, method, body });
        expectError(answer, status, { code: '42501', message: `permission denied for table ${name}` });
      }
    }
  }
});

test('service_role may read the audit trail, not change it', async () => {
  const path = '/bot_session_events?session_id=eq.active';
  const { status, body } = await supabase.request(path);
  assert.equal(status, 200);
  assert.deepEqual(body.map(({ event }) => event), ['created']);
  for (const [method, target] of [['POST', '/bot_session_events'], ['PATCH', path], ['DELETE', path]]) {
    const answer = await supabase.request(target, { method, body: method === 'DELETE' ? undefined : { event: 'x' } });
    expectError(answer, 403, { code: '42501' });
  }
});

/** The first lines of PostgREST's answer to a call, byte for byte. */
async function head(name, args) {
  const socket = net.connect(supabase.postgrest.port, '127.0.0.1');
  const body = JSON.stringify(args);
  socket.setEncoding('utf8').end(
    `POST /rpc/${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${tokens.service_role}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'close');
  return text.split('\r\n\r\n')[0].split('\r\n');
}

test('no argument gets into the head of the answer', async () => {
  const evil = 'a\r\nX-Injected: yes\r\n\r\n';
  await supabase.call('bot_session_start', { session_id: evil });
  await supabase.call('bot_session_end', { session_id: evil, reason: evil });
  const cases = [
    ['bot_session_touch', { session_id: `${evil}b`, last_message: evil, qr_data: evil }, 'HTTP/1.1 404 session not found'],
    ['bot_session_end', { session_id: `${evil}b`, reason: evil }, 'HTTP/1.1 404 session not found'],
    ['bot_session_touch', { session_id: evil, last_message: evil, qr_data: evil }, 'HTTP/1.1 409 session is inactive'],
    ['bot_session_touch', { session_id: evil, fence: 0, last_message: evil }, 'HTTP/1.1 409 fence is stale'],
    ['bot_session_start', { session_id: 'held', worker: evil }, 'HTTP/1.1 409 another worker holds the lease of the session'],
    ['bot_session_touch', { session_id: evil, last_message: evil }, 'HTTP/1.1 200 OK'],
    ['bot_session_start', { session_id: evil.repeat(20) }, 'HTTP/1.1 400 Bad Request'],
    ['bot_session_touch_many', { sessions: [{ session_id: evil, [evil]: evil }] }, 'HTTP/1.1 400 Bad Request'],
  ];
  for (const [name, args, statusLine] of cases) {
    const lines = await head(name, args);
    assert.equal(lines[0], statusLine);
    assert.ok(!lines.some((line) => /^X-Injected/i.test(line)), lines.join('\n'));
  }
});

test('(the check above sees an injected header)', async () => {
  await supabase.sql(`
    create function public.evil(message text) returns void language plpgsql as
      $$begin raise exception using errcode = 'PT404', message = evil.message; end$$;
    grant execute on function public.evil to service_role;
    notify pgrst, 'reload schema'`);
  const lines = await until('the function is known', async () => {
    const answer = await head('evil', { message: 'a\r\nX-Injected: yes' });
    return answer[0] === 'HTTP/1.1 404 a' && answer;
  });
  assert.ok(lines.includes('X-Injected: yes'), lines.join('\n'));
});

// The recipe for letting signed-in users have bots of their own.
test('with policies for it, a user sees and changes only the own sessions', async () => {
  await supabase.sql(`
    alter table public.bot_sessions add column owner text default current_setting('request.jwt.claims', true)::json ->> 'sub';
    create policy own on public.bot_sessions to authenticated
      using (owner = current_setting('request.jwt.claims', true)::json ->> 'sub');
    grant select, insert, update, delete on public.bot_sessions to authenticated;
    grant execute on function public.bot_session_start, public.bot_session_touch, public.bot_session_end,
      public.bot_session_touch_many to authenticated;
    notify pgrst, 'reload schema'`);
  const [alice, bob] = ['alice', 'bob'].map((sub) => ({ token: jwt({ role: 'authenticated', sub }) }));
  const started = await supabase.call('bot_session_start', { session_id: 'hers' }, alice);
  assert.equal(started.previous_status, null);
  const [row] = await supabase.sql(`select owner from public.bot_sessions where session_id = 'hers'`);
  assert.equal(row.owner, 'alice');
  await supabase.call('bot_session_touch', { session_id: 'hers', last_message: 'hello', qr_data: secret }, alice);

  assert.deepEqual((await supabase.request('/bot_sessions?session_id=eq.hers', bob)).body, []);
  expectError(await supabase.rpc('bot_session_touch', { session_id: 'hers' }, bob), 404, unknown('hers'));
  expectError(await supabase.rpc('bot_session_end', { session_id: 'hers' }, bob), 404, unknown('hers'));
  const [answer] = await supabase.call(...batch([{ session_id: 'hers', last_message: 'x' }]), bob);
  assert.deepEqual(new Set(Object.values(answer)), new Set(['hers', null]));
  expectError(await supabase.rpc('bot_session_start', { session_id: 'hers' }, bob), 403, {
    code: '42501', message: 'session can be neither found nor created',
    details: 'Session "hers" exists but row level security hides it, or a trigger cancels its insertion.',
    hint: 'Look at the policies and triggers of table bot_sessions.',
  });

  assert.equal((await supabase.call('bot_session_end', { session_id: 'hers' }, alice)).last_message, 'hello');
  assert.deepEqual(await supabase.events('hers'), [
    { event: 'created', reason: null, actor_role: 'authenticated', actor_sub: 'alice' },
    { event: 'ended', reason: null, actor_role: 'authenticated', actor_sub: 'alice' },
  ]);
});

const leasing = [
  ['bot_session_expire', { idle: '1 hour' }], ['bot_session_claim', { worker: 'w1' }],
  ['bot_session_renew', { fences: {} }], ['bot_session_release', { fences: {} }],
];

test('without the leases: 404 for whoever needs them, and nobody else notices', async () => {
  await supabase.sql('drop table public.bot_session_leases');
  for (const [name, args] of [
    ...leasing, ['bot_session_start', { session_id: 'x', worker: 'w1' }],
    ['bot_session_touch', { session_id: 'active', fence: 1 }], ['bot_session_end', { session_id: 'active', fence: 1 }],
    batch([{ session_id: 'active', fence: 1 }]),
  ]) {
    expectError(await supabase.rpc(name, args), 404, { code: '42P01' });
  }
  for (const [name, args] of [
    ['bot_session_start', { session_id: 'x' }], ['bot_session_touch', { session_id: 'x' }],
    batch([{ session_id: 'x' }]), ['bot_session_end', { session_id: 'x' }],
  ]) {
    await supabase.call(name, args);
  }
});

test('without the table: 404', async () => {
  await supabase.sql('drop table public.bot_session_data, public.bot_sessions');
  for (const [name, args] of [
    ['bot_session_start', { session_id: 'x' }], ['bot_session_touch', { session_id: 'x' }],
    ['bot_session_end', { session_id: 'x' }], batch([]), ...leasing,
  ]) {
    expectError(await supabase.rpc(name, args), 404, { code: '42P01' });
  }
});

// Supabase's default privileges differ with the age of a project; what the migration leaves does not.
test('old and new default privileges come to the same', async () => {
  const grants = async (privileges) => {
    const other = await startSupabase({ privileges });
    try {
      return await other.sql(`
        select c.relname as object, a.grantee::regrole::text,
               string_agg(a.privilege_type, ',' order by a.privilege_type) as privileges
          from pg_class c cross join aclexplode(c.relacl) a
         where c.relname like 'bot\\_session%' and c.relkind in ('r', 'S') and c.relnamespace = 'public'::regnamespace
           and a.grantee <> c.relowner
         group by 1, 2
         union all
        select p.oid::regprocedure::text, case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
               a.privilege_type
          from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         where p.proname like 'bot\\_session%' and a.grantee <> p.proowner
         order by 1, 2`);
    } finally {
      await other.stop();
    }
  };
  const old = await grants('old');
  assert.deepEqual(await grants('new'), old);
  const names = ['start', 'touch', 'end', 'touch_many', 'expire', 'claim', 'renew', 'release', 'overview', 'version',
    'save', 'save_many', 'load', 'forget', 'lease_allows', 'lock_leases'].map((name) => `bot_session_${name}`);
  assert.deepEqual(new Set(old.map(({ grantee }) => grantee)), new Set(['service_role']));
  assert.deepEqual(old.filter(({ object }) => object.includes('(')).map(({ object }) => object.replace(/\(.*/, '')).sort(),
    names.sort());
  assert.deepEqual(old.filter(({ object }) => !object.includes('(')), [
    { object: 'bot_session_data', grantee: 'service_role', privileges: 'DELETE,INSERT,SELECT,UPDATE' },
    { object: 'bot_session_events', grantee: 'service_role', privileges: 'SELECT' },
    { object: 'bot_session_fences', grantee: 'service_role', privileges: 'USAGE' },
    { object: 'bot_session_leases', grantee: 'service_role', privileges: 'INSERT,SELECT,UPDATE' },
    { object: 'bot_sessions', grantee: 'service_role', privileges: 'DELETE,INSERT,SELECT,UPDATE' },
  ]);
});
