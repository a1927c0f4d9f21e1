'use strict';

// What sections of the documentation need besides what their comments say, and what has to be true after them.
// Keys are "PAGE: HEADING"; all parts may be left out:
//
//	before(context, onStop)		prepares the database; `onStop` takes a function for the end
//	blocks: { NUMBER: {...} }	of the block of that number, counted from 0:
//		cwd			where it runs, if not at the top of the sources
//		replace(context)	pairs of text: what the page leaves open, and what it is here
//		prelude, epilogue	JavaScript that goes before and after it
//		during(context)		acts while the block runs, then interrupts it; `printed(text)` waits for its output
//		prints			what it prints, where the page does not show it
//		uses(context, onStop)	for a block that is no program: what becomes of it (context.block.text)
//	after(context)			checks
//
// `context` has sql(query, values) as superuser, psqlFile(file), assertPrinted(expected, printed), env, gateway,
// section, and what createDatabase of the harness returns.

const assert = require('node:assert/strict');
const { join } = require('node:path');
const { jwt, tokens, until } = require('../node/harness.cjs');

const example = join(__dirname, '../../examples/node');
const users = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

/** The events of a session, oldest first. */
const events = async (sql, session_id) =>
  (await sql('select event from bot_session_events where session_id = $1 order by event_id', [session_id]))
    .map(({ event }) => event);

/** As if a session had not been updated for some time. */
const age = (sql, session_id, interval) => sql(`
  set session_replication_role = replica;
  update bot_sessions set updated_at = now() - interval '${interval}' where session_id = '${session_id}';
  reset session_replication_role`);

/** The answer to a request of a signed-in user: [status, body]. */
async function as(user, { gateway }, path, body) {
  const answer = await fetch(`${gateway.url}/rest/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${jwt({ role: 'authenticated', sub: user })}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

// Parts of Supabase, as far as the recipes need them.

const createCron = ({ sql }) => sql(`
  create extension pg_cron;
  grant usage on schema cron to postgres;
  grant select, delete on cron.job_run_details to postgres`);

const createAuth = ({ sql }) => sql(`
  create schema auth;
  create function auth.uid() returns uuid language sql stable as
    $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;
  grant usage on schema auth to public`);

const createRealtime = ({ sql }) => sql(`
  create schema realtime;
  create table realtime.messages (topic text, extension text, payload jsonb, event text, private boolean);
  alter table realtime.messages enable row level security, owner to postgres;
  create function realtime.topic() returns text language sql stable as
    $$ select nullif(current_setting('realtime.topic', true), '') $$;
  create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
    language sql as $$ insert into realtime.messages values (topic, 'broadcast', payload, event, private) $$;
  grant usage on schema realtime to postgres, authenticated;
  grant select on realtime.messages to authenticated`);

const createVault = ({ sql }) => sql(`
  create schema vault;
  create table vault.secrets (name text, secret text);
  create view vault.decrypted_secrets as select name, secret as decrypted_secret from vault.secrets;
  create function vault.create_secret(new_secret text, new_name text default null, new_description text default '',
    new_key_id uuid default null) returns uuid language sql security definer as
    $$ insert into vault.secrets values (new_name, new_secret) returning null::uuid $$;
  grant usage on schema vault to postgres, service_role;
  grant select on vault.decrypted_secrets to postgres, service_role`);

module.exports = {
  'README.md: Installation': {
    blocks: {
      0: { uses: ({ block, psqlFile, assertPrinted }) => assertPrinted(block.text, psqlFile('sql/create_bot_sessions.sql')) },
    },
  },

  'README.md: Your own PostgreSQL': {
    after: async ({ sql }) => {
      assert.equal((await sql('select extname from pg_extension where extname = $$botsession$$')).length, 1);
    },
  },

  'README.md: Another schema': {
    after: async ({ sql }) => {
      assert.deepEqual(await sql(`select status from bots.bot_session_start('bot1')`), [{ status: 'active' }]);
    },
  },

  'README.md: In SQL': {
    after: async ({ sql }) => {
      assert.deepEqual(await events(sql, 'bot1'), ['created', 'ended']);
    },
  },

  'README.md: With supabase-js': {
    blocks: { 0: { epilogue: 'console.log(running);', prints: '[]' } },
    after: async ({ sql }) => {
      assert.deepEqual(await events(sql, 'bot1'), ['created', 'ended']);
      assert.deepEqual(await sql('select last_message from bot_sessions'), [{ last_message: 'hello' }]);
    },
  },

  'README.md: Functions': {
    before: createCron,
    after: async ({ sql }) => {
      const [{ command }] = await sql('select command from cron.job');
      await sql(`select bot_session_start('idle')`);
      await age(sql, 'idle', '2 hours');
      await sql(command);
      assert.deepEqual(await events(sql, 'idle'), ['created', 'ended']);
    },
  },

  'README.md: Privileges': {
    before: async ({ sql }) => {
      await sql('drop role if exists my_service');
      await sql('create role my_service');
    },
    after: async ({ sql }) => {
      await sql('set role my_service');
      await sql(`select bot_session_start('bot1')`);
      await sql(`select bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}]')`);
      await sql(`select bot_session_end('bot1')`);
      assert.deepEqual(await events(sql, 'bot1'), ['created', 'ended']);
      await sql('reset role');
      await sql('drop owned by my_service');
    },
  },

  'examples/node/README.md: A bot service in Node.js': {
    blocks: {
      0: {
        cwd: example,
        replace: ({ gateway }) => [
          ['npm install\n', ''], // the packages are there already
          ['https://your-project.supabase.co', gateway.url],
          ['=...', `=${tokens.service_role}`],
        ],
        during: async ({ sql, printed }) => {
          await printed('bot1: started');
          await printed('bot2: started');
          await until('both have a QR code', async () =>
            (await sql('select from bot_sessions where qr_data is not null')).length === 2);
        },
      },
      1: {
        cwd: example,
        prelude: `
          const { createBotManager } = require('${example}/botManager.cjs');
          const { createBotSessionsRepository } = require('${example}/botSessionsRepository.cjs');
          const { startBot } = require('${example}/bot.cjs');
          const supabase = require('@supabase/supabase-js').createClient(
            process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY, { auth: { persistSession: false } });
        `,
        prints: 'bot1: started (was inactive, ...\nbot1: stopped',
      },
      2: {
        prelude: `
          class LocalAuth {}
          class Client {
            constructor() { this.on = (event, tell) => { this[event] = tell; }; }
            async initialize() {
              this.qr('a code');
              this.ready();
              this.message_create({ body: 'hello' });
              this.disconnected('LOGOUT');
              throw new Error('no browser');
            }
            destroy() { console.log('destroyed'); }
          }
        `,
        epilogue: `
          const report = Object.fromEntries(['qr', 'ready', 'message', 'ended'].map(
            (name) => [name, (...values) => console.log(name, ...values)]));
          const { stop } = await startBot({ session_id: 'bot1' }, report);
          await new Promise(setImmediate);
          await stop();
        `,
        prints: 'qr a code\nready\nmessage hello\nended LOGOUT\nended no browser\ndestroyed',
      },
    },
    after: async ({ sql }) => {
      assert.deepEqual(await sql('select session_id, status from bot_sessions order by session_id'),
        ['bot1', 'bot2'].map((session_id) => ({ session_id, status: 'inactive' })));
      assert.deepEqual((await sql(`select reason from bot_session_events where event = 'ended' order by event_id`)).at(-1),
        { reason: 'cancelled by the customer' });
    },
  },

  'docs/recipes.md: A signed-in user sees only their own bots': {
    before: createAuth,
    after: async (context) => {
      const { sql } = context;
      const [one, two] = users;
      const start = { session_id: 'bot1' };
      assert.equal((await as(one, context, 'rpc/bot_session_start', start))[0], 200);
      await sql(`select bot_session_start('of nobody')`);
      assert.deepEqual(await as(one, context, 'bot_sessions?select=session_id'), [200, [start]]);
      assert.deepEqual(await as(two, context, 'bot_sessions?select=session_id'), [200, []]);
      assert.deepEqual((await as(two, context, 'rpc/bot_session_end', start))[0], 404);
      assert.deepEqual((await as(two, context, 'rpc/bot_session_start', start))[1].code, '42501');
      assert.equal((await as(one, context, 'rpc/bot_session_touch', { ...start, qr_data: 'mine' }))[1].qr_data, 'mine');
      assert.equal((await as(one, context, 'rpc/bot_session_end', start))[1].status, 'inactive');
    },
  },

  'docs/recipes.md: Live updates in your service: LISTEN': {
    blocks: {
      1: {
        during: async ({ sql, printed }) => {
          await printed('listening');
          await sql(`select bot_session_start('it''s')`);
          await printed(`created it's\n`);
          await sql(`select bot_session_start('bot1')`);
          await sql(`select bot_session_touch('bot1')`); // a heartbeat
          await sql(`select bot_session_touch('bot1', qr_data => 'a secret')`);
          await sql(`select bot_session_end('it''s')`);
          await sql(`delete from bot_sessions where session_id = 'bot1'`);
          await printed(`listening\ncreated it's\ncreated bot1\nchanged bot1\nchanged it's\ndeleted bot1\n`);
        },
      },
    },
  },

  'docs/recipes.md: Live updates in the browser: Supabase Realtime': {
    before: async (context) => {
      await createAuth(context);
      await createRealtime(context);
      await context.sql('alter table bot_sessions add column owner_id uuid');
    },
    after: async ({ sql }) => {
      await sql(`insert into bot_sessions (session_id, owner_id) values ('bot1', '${users[0]}'), ('of nobody', null)`);
      await sql(`set role service_role`);
      await sql(`select bot_session_touch(session_id, qr_data => 'a secret') from bot_sessions`);
      await sql(`select bot_session_touch('bot1', last_message => 'a message')`);
      await sql(`select bot_session_end('bot1')`);
      await sql(`reset role`);
      const message = (status, has_qr) => ({
        topic: `bot_sessions:${users[0]}`, extension: 'broadcast', event: 'session', private: true,
        payload: { session_id: 'bot1', status, has_qr },
      });
      assert.deepEqual(await sql('select topic, extension, event, private, payload from realtime.messages'),
        [message('active', false), message('active', true), message('inactive', false)]);
      // Realtime asks whether a user may listen by reading a message of that topic in their name
      await sql(`set realtime.topic = 'bot_sessions:${users[0]}'`);
      for (const [i, user] of users.entries()) {
        await sql(`begin; set local role authenticated; set local request.jwt.claims = '{"sub": "${user}"}'`);
        const [{ may_listen }] = await sql('select count(*) > 0 as may_listen from realtime.messages');
        assert.equal(may_listen, i === 0);
        await sql('commit');
      }
    },
  },

  'docs/recipes.md: Other kinds of bot': {
    after: async ({ sql }) => {
      const rows = () => sql('select kind, status, token from bot_sessions left join bot_credentials using (session_id)');
      assert.deepEqual(await rows(), [{ kind: 'telegram', status: 'active', token: '110201543:AAHdqTcv' }]);
      await assert.rejects(sql('set role authenticated; select token from bot_credentials'), { code: '42501' });
      await sql('reset role');
      await assert.rejects(sql(`insert into bot_sessions values ('x') returning kind::text::bot_kind = 'fax'`), { code: '22P02' });
      await sql('delete from bot_sessions');
      assert.deepEqual(await sql('select from bot_credentials'), []);
    },
  },

  'docs/recipes.md: Housekeeping on a schedule': {
    before: createCron,
    after: async ({ sql }) => {
      const jobs = await sql('select command, username from cron.job order by jobid');
      assert.equal(jobs.length, 4);
      const runJobs = async () => {
        for (const { command, username } of jobs) await sql(`set role ${username}; ${command}; reset role`);
      };
      for (const name of ['idle', 'busy', 'ended', 'ended long ago']) await sql('select bot_session_start($1)', [name]);
      for (const name of ['ended', 'ended long ago']) await sql('select bot_session_end($1)', [name]);
      await age(sql, 'idle', '2 hours');
      await age(sql, 'busy', '30 minutes');
      await age(sql, 'ended', '80 days');
      await age(sql, 'ended long ago', '100 days');
      await sql(`update bot_session_events set happened_at = now() - interval '13 months' where session_id = 'ended'`);
      await sql(`insert into cron.job_run_details (runid, end_time) values (1, now() - interval '8 days'), (2, now())`);
      await runJobs();
      assert.deepEqual(await sql('select session_id, status from bot_sessions order by session_id'), [
        { session_id: 'busy', status: 'active' },
        { session_id: 'ended', status: 'inactive' },
        { session_id: 'idle', status: 'inactive' },
      ]);
      assert.deepEqual(await events(sql, 'ended'), []);
      assert.deepEqual(await events(sql, 'ended long ago'), ['created', 'ended', 'deleted']);
      assert.deepEqual(await sql('select runid::int from cron.job_run_details where runid < 3'), [{ runid: 2 }]);
    },
  },

  'docs/recipes.md: Encrypted QR codes': {
    before: async (context) => {
      context.env.QR_KEY = Buffer.alloc(32, 'a key').toString('base64');
      await createVault(context);
    },
    blocks: {
      0: {
        epilogue: `
          require('node:assert').throws(() => open('bot2', qr_data));
          if (qr_data.includes('kR7vXw')) throw new Error('it is not encrypted');
        `,
      },
    },
    after: async ({ sql }) => {
      await sql('set role service_role');
      await sql(`select bot_session_start('bot1')`);
      await sql(`select bot_session_set_qr('bot1', '2@secret')`);
      const [{ qr_data }] = await sql('select qr_data from bot_sessions');
      assert.match(qr_data, /^-----BEGIN PGP MESSAGE-----/);
      assert.doesNotMatch(qr_data, /secret/);
      const getQr = () => sql(`select bot_session_get_qr('bot1')`);
      assert.deepEqual(await getQr(), [{ bot_session_get_qr: '2@secret' }]);
      await sql(`select bot_session_end('bot1')`);
      assert.deepEqual(await getQr(), [{ bot_session_get_qr: null }]);
      await sql('set role authenticated');
      await assert.rejects(getQr(), { code: '42501' });
      await sql('reset role; delete from vault.secrets; set role service_role');
      await assert.rejects(sql(`select bot_session_set_qr('bot1', '2@secret')`), /the vault holds no/);
      await sql('reset role');
    },
  },

  'docs/recipes.md: Monitoring': {
    before: async ({ sql }) => {
      for (const name of ['bot1', 'bot1', 'bot1', 'bot2', 'bot2', 'bot3', 'bot4']) await sql('select bot_session_start($1)', [name]);
      await sql(`select bot_session_touch('bot2', qr_data => 'code')`);
      await sql(`select bot_session_end('bot4')`);
      await age(sql, 'bot3', '10 minutes');
      await sql('select pg_stat_force_next_flush()');
    },
    blocks: {
      0: { prints: ' active | awaiting_scan | silent | ended\n--------+---------------+--------+-------\n      3 |             1 |      1 |     1' },
      1: { prints: ' session_id | crashes | ...\n...\n bot1       |       2 | ...' },
      2: { prints: ' live | updates | hot_percent | ...\n------...\n    4 |       6 |         ... | ...\n...\n\n pid | age |...\n-----...' },
    },
  },
};
