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
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const pg = require('pg');
const { connect, jwt, tokens, until } = require('../node/harness.cjs');

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
      await age(sql, 'idle', '2 days');
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
          ['npm install\n', ''], // test/node/client/install.test.cjs does
          ['npm run migration  ', ': '],
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
        replace: () => [['./backend', `${example}/backend`]],
        prints: 'bot1: started (was active, ...\nbot1: stopped',
      },
      2: {
        prelude: `
          const timers = require('node:timers/promises');
          const { setTimeout: wait } = timers;
          timers.setTimeout = (ms, ...rest) => wait(ms / 1000, ...rest);
          let tries = 0;
          class LocalAuth {}
          class Client {
            constructor() { this.on = (event, tell) => { this[event] = tell; }; }
            async initialize() {
              const number = ++tries;
              await wait(20);
              this.browser = number;
              console.log('browser', number);
              if (number === 1) throw new Error('no network');
              if (number === 4) return;
              this.qr('a code');
              this.authenticated();
              this.message_create({ body: 'hello' });
              if (number === 3) return this.disconnected('LOGOUT');
              this.disconnected('CONFLICT');
              await this.destroy();
            }
            async destroy() {
              if (this.browser) console.log('closed', this.browser);
              this.browser = null;
            }
          }
        `,
        // One bot that has to connect three times, and one that is stopped before its browser is up.
        epilogue: `
          const report = Object.fromEntries(['qr', 'ready', 'message', 'connected', 'ended'].map(
            (name) => [name, (...values) => console.log(name, ...values)]));
          const bot = await new Promise((resolve, reject) => {
            const started = startBot({ session_id: 'bot1' }, {
              ...report,
              ended(reason) {
                report.ended(reason);
                resolve(started);
              },
            });
            started.catch(reject);
          });
          await bot.stop();
          const { stop } = await startBot({ session_id: 'bot2' }, report);
          while (tries < 4) await wait(1);
          await stop();
        `,
        prints: ['browser 1', 'closed 1', 'browser 2', 'qr a code', 'ready', 'message hello', 'connected false', 'closed 2', 'browser 3',
          'qr a code', 'ready', 'message hello', 'ended LOGOUT', 'closed 3', 'browser 4', 'closed 4'].join('\n'),
      },
    },
    after: async ({ sql }) => {
      assert.deepEqual(await sql('select session_id, status from bot_sessions order by session_id'),
        [{ session_id: 'bot1', status: 'inactive' }, { session_id: 'bot2', status: 'active' }]);
      assert.deepEqual((await sql(`select reason from bot_session_events where event = 'ended' order by event_id`)).at(-1),
        { reason: 'cancelled by the customer' });
    },
  },

  'docs/install.md: A table that is there already': {
    blocks: {
      0: {
        replace: () => [['timestamp\n);', `timestamp\n);
          insert into bot_sessions ("sessionId", status, qr, "updatedAt") values
            ('bot1', 'connected', '', '2024-01-01'), ('bot2', 'connecting', 'qr-2', null), ('bot3', 'disconnected', 'qr-3', null);`]],
      },
    },
    after: async ({ sql, psqlFile }) => {
      psqlFile('sql/create_bot_sessions.sql');
      assert.deepEqual(await sql(`select session_id, status, qr_data, updated_at = '2024-01-01Z' as kept
        from bot_sessions order by session_id`), [
        { session_id: 'bot1', status: 'active', qr_data: null, kept: true },
        { session_id: 'bot2', status: 'active', qr_data: 'qr-2', kept: false },
        { session_id: 'bot3', status: 'inactive', qr_data: null, kept: false },
      ]);
      assert.deepEqual(await sql(`select id, previous_status from bot_session_start('bot1') join bot_sessions using (session_id)`),
        [{ id: 1, previous_status: 'active' }]);
      assert.deepEqual(await sql(`select status from bot_session_start('bot4')`), [{ status: 'active' }]);
      assert.deepEqual(await sql(`select status from bot_session_end('bot4')`), [{ status: 'inactive' }]);
    },
  },

  'docs/install.md: The PL/pgSQL edition': {
    after: async ({ sql }) => {
      assert.deepEqual(await sql(`select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace
        union all select oid::regproc::text from pg_proc where pronamespace = 'public'::regnamespace
        union all select oid::regtype::text from pg_type where typnamespace = 'public'::regnamespace`), []);
    },
  },

  'docs/node.md: Node.js': {
    blocks: {
      0: { prints: "[\n  {\n    session_id: 'bot1',\n...\n    last_message: 'hello from bot1',\n    status: 'active',\n    qr_data: null,\n...\n  }\n]" },
      1: { prints: "[ 'created', 'claimed', 'released' ]" },
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
      const rows = () => sql('select s.kind, status, value from bot_sessions s left join bot_session_data using (session_id)');
      assert.deepEqual(await rows(), [{ kind: 'telegram', status: 'active', value: '110201543:AAHdqTcv' }]);
      await assert.rejects(sql('set role authenticated; select value from bot_session_data'), { code: '42501' });
      await sql('reset role');
      await assert.rejects(sql(`insert into bot_sessions values ('x') returning kind::text::bot_kind = 'fax'`), { code: '22P02' });
      await sql('delete from bot_sessions');
      assert.deepEqual(await sql('select from bot_session_data'), []);
    },
  },

  'docs/data.md: Save, load, forget': {
    after: async ({ sql }) => {
      assert.deepEqual(await sql('select kind, key, value from bot_session_data order by kind'), [
        { kind: 'creds', key: 'creds', value: '{"me": 2}' },
        { kind: 'session', key: 'a.0', value: 'A2' },
      ]);
    },
  },

  'docs/data.md: Backups, restore and clones': {
    before: async ({ sql }) => {
      await sql(`select bot_session_start('bot1')`);
      await sql(`select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A"}}')`);
    },
    after: async ({ sql }) => {
      assert.deepEqual(await sql('select kind from bot_session_data'), [{ kind: 'creds' }]);
      assert.deepEqual(await sql('select status from bot_sessions'), [{ status: 'inactive' }]);
    },
  },

  'docs/data.md: Forget on a schedule': {
    before: createCron,
    after: async ({ sql }) => {
      const [{ command, username }] = await sql('select command, username from cron.job');
      for (const name of ['active', 'ended', 'ended long ago']) {
        await sql('select bot_session_start($1)', [name]);
        await sql(`select bot_session_save($1, '{"creds": {"creds": "1"}}')`, [name]);
      }
      for (const name of ['ended', 'ended long ago']) await sql('select bot_session_end($1)', [name]);
      await age(sql, 'active', '100 days');
      await age(sql, 'ended', '80 days');
      await age(sql, 'ended long ago', '100 days');
      await sql(`set role ${username}; ${command}; reset role`);
      assert.deepEqual(await sql('select session_id from bot_session_data order by session_id'),
        [{ session_id: 'active' }, { session_id: 'ended' }]);
      assert.deepEqual(await events(sql, 'ended long ago'), ['created', 'ended', 'forgotten']);
    },
  },

  'docs/data.md: Erase a customer': {
    before: async ({ sql }) => {
      await sql(`select bot_session_start('bot1'), bot_session_start('bot2')`);
      await sql(`select bot_session_save('bot1', '{"creds": {"creds": "1"}}'), bot_session_save('bot2', '{"creds": {"creds": "2"}}')`);
    },
    after: async ({ sql }) => {
      for (const table of ['bot_sessions', 'bot_session_data']) {
        assert.deepEqual(await sql(`select session_id from ${table}`), [{ session_id: 'bot2' }]);
      }
      assert.deepEqual(await sql(`select distinct session_id from bot_session_events`), [{ session_id: 'bot2' }]);
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
      await age(sql, 'idle', '2 days');
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
          let opened;
          try { opened = open('bot2', qr_data); } catch {}
          if (opened) throw new Error('a copied code opens');
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
      0: {
        prints: ' ... state ...| count\n-...\n awaiting_qr |     1\n ended       |     1\n running     |     1\n stale       |     1\n\n' +
          ' session_id | state | worker | ...\n-...\n bot3       | stale |        | 00:10:...',
      },
      1: { prints: ' session_id | crashes | ...\n...\n bot1       |       2 | ...' },
      2: { prints: ' live | updates | hot_percent | ...\n------...\n    4 |       6 |         ... | ...\n...\n\n pid | age |...\n-----...' },
    },
  },

  'docs/scaling.md: Batches': {
    blocks: {
      0: {
        epilogue: `
          touch('bot1', { last_message: 'old' });
          touch('bot1', { last_message: 'new' });
          touch('bot1', { qr_data: 'code' });
          touch('gone', { last_message: 'x' });
          const { rpc } = supabase;
          supabase.rpc = async () => { touch('bot1', { qr_data: 'newer' }); return { error: { code: '' }, status: 502 } };
          const flushNow = () => { clearTimeout(timer); return flush(); };
          await flushNow();
          supabase.rpc = rpc;
          touch('bot2', { last_message: 'cannot be stored: \\0' });
          await flushNow();
          await flushNow();
          clearTimeout(timer);
        `,
        prints: 'gone has ended or is unknown\nbot2 unsupported Unicode escape sequence',
      },
    },
    before: ({ sql }) => sql(`select bot_session_start('bot1')`),
    after: async ({ sql }) => {
      assert.deepEqual(await sql('select last_message, qr_data from bot_sessions'), [{ last_message: 'new', qr_data: 'newer' }]);
    },
  },

  'docs/scaling.md: pgbouncer': {
    blocks: {
      0: {
        uses: async ({ block, env, scratch }, onStop) => {
          const replace = (text, [from, to]) => {
            assert.ok(text.includes(from), `${from} is in the block`);
            return text.replace(from, to);
          };
          // Two connections to the server, so that clients do share them; a socket, since a port may be taken meanwhile.
          const ini = [
            ['host=127.0.0.1 port=5432', `host=127.0.0.1 port=${env.PGPORT}`],
            ['listen_addr = 127.0.0.1\n', `unix_socket_dir = ${scratch}\n`],
            ['auth_type = scram-sha-256', 'auth_type = trust'],
            ['/etc/pgbouncer/userlist.txt', join(scratch, 'userlist.txt')],
            ['default_pool_size = 20', 'default_pool_size = 2'],
          ].reduce(replace, block.text);
          writeFileSync(join(scratch, 'userlist.txt'), '"postgres" ""\n');
          writeFileSync(join(scratch, 'pgbouncer.ini'), ini);
          const child = spawn('pgbouncer', [join(scratch, 'pgbouncer.ini')], { env, stdio: 'ignore' });
          const exited = once(child, 'exit');
          onStop(async () => {
            child.kill('SIGKILL');
            await exited;
          });
          delete env.PGOPTIONS; // pgbouncer refuses what it does not know at the start of a connection
          env.POOLER_URL = `postgresql://postgres@${encodeURIComponent(scratch)}:6432/mydb`;
          await until('pgbouncer answers', async () => {
            const client = new pg.Client(env.POOLER_URL);
            return client.connect().then(() => client.end().then(() => true), () => false);
          });
        },
      },
    },
    after: async ({ sql, env }) => {
      assert.deepEqual(await sql('select count(*)::int from bot_sessions'), [{ count: 100 }]);
      // Nothing of one call is left in the connection for the next
      const pool = new pg.Pool({ connectionString: env.POOLER_URL, max: 4 });
      await Promise.all([0, 1, 2, 3].map((i) => pool.query('select bot_session_end($1, $2)', [`bot${i}`, 'a reason'])));
      await Promise.all([4, 5, 6, 7].map((i) => pool.query('select bot_session_end($1)', [`bot${i}`])));
      await pool.end();
      assert.deepEqual(await sql(`select reason, count(*)::int from bot_session_events where event = 'ended' group by 1 order by 1`),
        [{ reason: 'a reason', count: 4 }, { reason: null, count: 4 }]);
    },
  },

  'docs/scaling.md: A replica to read from': {
    before: async ({ sql, env, scratch }, onStop) => {
      const data = join(scratch, 'replica');
      const primary = `host=127.0.0.1 port=${env.PGPORT} user=supabase_admin`;
      const run = (command, args) => {
        const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
        assert.equal(status, 0, `${command}: ${stderr}`);
      };
      run('pg_basebackup', ['-D', data, '-d', primary, '-R', '-c', 'fast', '--no-sync']);
      onStop(async () => {
        await sql(`alter system reset synchronous_standby_names`);
        await sql('select pg_reload_conf()');
        run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
        rmSync(data, { recursive: true });
      });
      // By a socket, since a port may be taken meanwhile
      run('pg_ctl', ['-D', data, '-o', `-c listen_addresses= -c unix_socket_directories=${scratch}`, '-l', `${data}.log`, '-w', 'start']);
      // As the page says, so that the block reads its own write.
      await sql(`alter role postgres in database mydb set synchronous_commit = remote_apply`);
      await sql(`alter system set synchronous_standby_names = '*'`);
      await sql('select pg_reload_conf()');
      await until('the replica is synchronous', async () =>
        (await sql(`select from pg_stat_replication where sync_state = 'sync'`)).length === 1);
      env.PRIMARY_URL = `postgresql://postgres@127.0.0.1:${env.PGPORT}/mydb`;
      env.REPLICA_URL = `postgresql://postgres@${encodeURIComponent(scratch)}:${env.PGPORT}/mydb`;
    },
  },

  'docs/scaling.md: Hash partitions': {
    after: async ({ sql }) => {
      for (let i = 0; i < 100; i++) await sql('select bot_session_start($1)', [`bot${i}`]);
      const [{ partitions }] = await sql('select count(distinct tableoid)::int as partitions from bot_sessions');
      assert.equal(partitions, 16);
      // Nobody reaches one through the API
      assert.deepEqual(await sql(`
        select relname, r as role from pg_class, unnest(array['anon', 'authenticated', 'service_role']) r
        where relkind = 'r' and relispartition and has_schema_privilege(r, relnamespace, 'usage')`), []);
      await sql('set role service_role');
      assert.deepEqual(await sql(`select last_message from bot_session_touch('bot1', 'hello')`), [{ last_message: 'hello' }]);
      await sql('reset role');
    },
  },

  'docs/scaling.md: Several databases: PL/Proxy': {
    blocks: { 1: { replace: ({ env }) => [['port=5432', `port=${env.PGPORT}`]] } },
    before: ({ sql }, onStop) => {
      onStop(async () => {
        for (const name of ['router', 'shard0', 'shard1', 'shard2']) await sql(`drop database if exists ${name} with (force)`);
      });
    },
    after: async ({ sql }) => {
      const router = await connect('supabase_admin', 'router');
      try {
        const ask = async (query, values) => (await router.query(query, values)).rows;
        await ask('set role service_role');
        const names = Array.from({ length: 30 }, (_, i) => `bot${i}`);
        for (const name of names) await ask('select from bot_session_start($1)', [name]);
        const shards = await ask('select id, abs(bot_session_shard(id) % 3) as shard from unnest($1::text[]) id', [names]);
        for (const shard of [0, 1, 2]) {
          const client = await connect('supabase_admin', `shard${shard}`);
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
      } finally {
        await router.end();
      }
    },
  },
};
