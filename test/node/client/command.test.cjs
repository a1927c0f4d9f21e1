'use strict';

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { readFileSync, statSync, mkdtempSync, rmSync, existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, before, describe, test } = require('node:test');
const { createRepository } = require('../../../clients/node/src/index.js');
const { createDatabase, edition, migration, startSupabase, tokens, until } = require('../harness.cjs');
const { command, connections, startCommand, startInTerminal } = require('./command.cjs');

let supabase, env, folder;
before(async () => {
  supabase = await startSupabase();
  env = connections({ ...supabase, tokens });
  folder = mkdtempSync(join(tmpdir(), 'botsession-'));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await supabase?.stop();
});

const code = (seed) => `2@${seed.repeat(40)},${seed.repeat(19)}=`.padEnd(240, 'x').slice(0, 240);
const start = (session_id, args) => supabase.call('bot_session_start', { session_id, ...args });
const touch = (session_id, changes) => supabase.call('bot_session_touch', { session_id, ...changes });
const end = (session_id, args) => supabase.call('bot_session_end', { session_id, ...args });

const BOT_SEAL_KEY = randomBytes(32).toString('base64');
const nasty = 'a\u001b[31m\u202eb<script>\u0085';
const shownNasty = 'a\\x1b[31m\\u202eb<script>\\x85';

// Each edition is met once over node-postgres; what no function of the database takes part in is the same in both.
const ways = edition === 'c' ? ['node-postgres'] : ['PostgREST', 'node-postgres'];

describe('command', { concurrency: 2 }, () => {
  for (const name of ways) {
    describe(`over ${name}`, { concurrency: 1 }, () => {
      const id = (suffix) => `${name}-${suffix}`;
      const run = (...args) => command(args, env[name]);

      before(async () => {
        await start(id('runs'), { worker: `worker of ${name}` });
        await touch(id('runs'), { last_message: 'Olá' });
        await start(id('waits'));
        await touch(id('waits'), { qr_data: code(name.slice(0, 2)) });
        await start(id('ended'));
        await end(id('ended'), { reason: 'logged out' });
        await start(id(nasty));
        await touch(id(nasty), { last_message: nasty });
      });

      test('list shows what state each session is in', async () => {
        const { stdout, code: exitCode } = await run('list');
        assert.equal(exitCode, 0);
        assert.match(stdout, new RegExp(`running +${id('runs')} +worker of ${name}`));
        assert.match(stdout, new RegExp(`awaiting QR +${id('waits')}`));
        assert.match(stdout, new RegExp(`ended +${id('ended')}`));
      });

      test('list --json is the overview, and filters by state and worker', async () => {
        const all = JSON.parse((await run('list', '--json', '--sort', 'id')).stdout);
        assert.deepEqual(
          all.map(({ session_id }) => session_id),
          all.map(({ session_id }) => session_id).sort(),
        );
        assert.equal(all.find(({ session_id }) => session_id === id('waits')).has_qr, true);
        const ids = async (...args) =>
          JSON.parse((await run('list', '--json', ...args)).stdout).map((row) => row.session_id);
        assert.deepEqual(await ids('--worker', `worker of ${name}`), [id('runs')]);
        assert.ok((await ids('--state', 'ended,awaiting_qr')).includes(id('ended')));
        assert.ok(!(await ids('--state', 'ended,awaiting_qr')).includes(id('runs')));
      });

      test('show tells the row, the lease and the last events, and never the QR code', async () => {
        const runs = await run('show', id('runs'));
        assert.equal(runs.code, 0);
        assert.match(runs.stdout, /● running\n/);
        assert.match(runs.stdout, /Last message +Olá\n/);
        assert.match(runs.stdout, new RegExp(`Worker +worker of ${name}, fence \\d+, lease runs out in \\d+ s\\n`));
        assert.match(runs.stdout, /created .* service_role\n/);
        for (const option of [[], ['--json']]) {
          const waits = await run('show', id('waits'), ...option);
          assert.equal(waits.code, 0);
          assert.ok(!waits.stdout.includes(code(name.slice(0, 2))));
        }
        assert.equal(JSON.parse((await run('show', id('waits'), '--json')).stdout).has_qr, true);
      });

      test('login data is listed, and counted by kind', async () => {
        const kinds = { creds: { creds: '{}' }, 'a,b&(c)="d"': { x: '1', y: '22' }, 'pré-key': { 1: 'ç' } };
        await start(id('logs in'));
        await supabase.call('bot_session_save', { session_id: id('logs in'), data: kinds });
        assert.match((await run('list')).stdout, new RegExp(`${id('logs in')} .* kept\n`));
        const { stdout } = await run('show', id('logs in'));
        const line =
          name === 'PostgREST'
            ? 'a,b&(c)="d" 2, creds 1, pré-key 1'
            : 'a,b&(c)="d" 2 (3 B), creds 1 (2 B), pré-key 1 (2 B)';
        assert.ok(stdout.includes(`Login data    ${line}\n`), stdout);
      });

      test('what could move the cursor or turn text around is shown as an escape', async () => {
        for (const args of [['list'], ['show', id(nasty)]]) {
          const { stdout } = await run(...args);
          assert.ok(stdout.includes(id(shownNasty)), stdout);
          assert.doesNotMatch(stdout, /[\u001b\u202e\u0085]/);
        }
        const { stdout } = await run('show', id(nasty), '--json');
        assert.doesNotMatch(stdout, /[\u001b\u202e\u0085]/);
        assert.equal(JSON.parse(stdout).last_message, nasty);
      });

      test('qr draws the code, tells how old it is, and gives it as data', async () => {
        const { stdout, stderr, code: exitCode } = await run('qr', id('waits'));
        assert.equal(exitCode, 0);
        assert.equal(stdout.split('\n').length, Math.ceil((57 + 8) / 2) + 1);
        assert.match(stderr, /at least \d+ s old, (at most \d+ s left|it has expired)\n/);
        const data = JSON.parse((await run('qr', id('waits'), '--json')).stdout);
        assert.equal(data.qr_data, code(name.slice(0, 2)));
        assert.equal(data.left_seconds, Math.max(0, 60 - data.age_seconds));
      });

      test('qr counts the age from the last write, by the clock of the database, and --qr-life ends it', async () => {
        await start(id('old'));
        await touch(id('old'), { qr_data: code('ol') });
        await supabase.sql('alter table public.bot_sessions disable trigger zz_bot_sessions_maintain');
        await supabase.sql(
          "update public.bot_sessions set updated_at = now() - interval '30 seconds' where session_id = $1",
          [id('old')],
        );
        await supabase.sql('alter table public.bot_sessions enable trigger zz_bot_sessions_maintain');
        const { age_seconds, left_seconds } = JSON.parse(
          (await run('qr', id('old'), '--json', '--qr-life', '3600')).stdout,
        );
        assert.ok(age_seconds >= 30, String(age_seconds));
        assert.equal(left_seconds, 3600 - age_seconds);
        assert.match((await run('qr', id('old'), '--qr-life', '20')).stderr, /it has expired/);
      });

      test('qr --png writes a picture that nobody else may read', async () => {
        const file = join(folder, `${name}.png`);
        const { code: exitCode } = await run('qr', id('waits'), '--png', file);
        assert.equal(exitCode, 0);
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.deepEqual([...readFileSync(file).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
        assert.equal((await run('qr', id('waits'), '--png', join(folder, 'missing', 'x.png'))).code, 1);
      });

      test('qr says why there is no code', async () => {
        const runs = await run('qr', id('runs'));
        assert.equal(runs.code, 1);
        assert.match(runs.stderr, /has no QR code now\n.*--watch/);
        const ended = await run('qr', id('ended'));
        assert.equal(ended.code, 3);
        assert.match(ended.stderr, /has ended/);
        assert.equal((await run('qr', id('nobody'))).code, 3);
      });

      test('qr --watch follows the code, and ends when none follows', async () => {
        await start(id('rotates'));
        const watching = startCommand(['qr', id('rotates'), '--watch', '--json', '--qr-life', '3600'], env[name]);
        const shown = () =>
          watching.stdout
            .trim()
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
        for (const qr_data of [code('one'), code('two')]) {
          await touch(id('rotates'), { qr_data });
          await until('the code is shown', () => shown().at(-1)?.qr_data === qr_data);
        }
        await touch(id('rotates'), { qr_data: '' });
        assert.equal(await watching.exited, 0);
        assert.equal(shown().at(-1).qr_data, null);
      });

      test('qr --watch --png keeps the picture up to date, and takes it away in the end', async () => {
        const file = join(folder, `${name}-watched.png`);
        await start(id('pictured'));
        await touch(id('pictured'), { qr_data: code('pic') });
        const watching = startCommand(['qr', id('pictured'), '--watch', '--png', file, '--qr-life', '3600'], env[name]);
        await until('the picture is there', () => existsSync(file));
        await end(id('pictured'));
        assert.equal(await watching.exited, 3);
        assert.ok(!existsSync(file));
      });

      test('end ends a session once, with a reason', async () => {
        await start(id('ends'));
        assert.match((await run('end', id('ends'), '--reason', 'enough')).stdout, /ends has ended\.\n/);
        assert.deepEqual((await supabase.events(id('ends'))).at(-1).reason, 'enough');
        const again = await run('end', id('ends'));
        assert.equal(again.code, 0);
        assert.match(again.stdout, /had ended already\.\n/);
      });

      test('end --forget deletes what its bot logs in with, also of one that has ended', async () => {
        const login = { creds: { creds: 'SECRET' } };
        const rows = (session_id) => supabase.sql('select from public.bot_session_data where session_id = $1', [session_id]);
        await start(id('forgets'), { worker: 'w1' });
        await supabase.sql('select from public.bot_session_save($1, $2, (select fence from public.bot_session_leases where session_id = $1))', [id('forgets'), login]);
        const ended = await run('end', id('forgets'), '--forget', '--reason', 'logged out');
        assert.deepEqual([ended.code, ended.stderr], [0, '']);
        assert.match(ended.stdout, /forgets has ended\. What its bot logged in with is deleted\.\n$/);
        assert.deepEqual(await rows(id('forgets')), []);
        const events = (await supabase.events(id('forgets'))).map(({ event, reason }) => [event, reason]);
        assert.deepEqual(events.slice(-3).filter(([event]) => event !== 'released'), [['ended', 'logged out'], ['forgotten', 'logged out']]);

        await start(id('keeps'));
        await supabase.call('bot_session_save', { session_id: id('keeps'), data: login });
        await run('end', id('keeps'));
        assert.equal((await rows(id('keeps'))).length, 1);
        const again = await run('end', id('keeps'), '--forget', '--json');
        assert.deepEqual([again.code, JSON.parse(again.stdout).previous_status], [0, 'inactive']);
        assert.deepEqual(await rows(id('keeps')), []);
      });

      test('history tells what happened to one session, or to all', async () => {
        const one = await run('history', id('ended'));
        assert.match(one.stdout, /created .*service_role\n.*ended +logged out +service_role\n$/);
        await supabase.sql('delete from public.bot_sessions where session_id = $1', [id('gone')]);
        const all = JSON.parse((await run('history', '--json', '--limit', '4')).stdout);
        assert.equal(all.length, 4);
        assert.deepEqual(
          all.map(({ event_id }) => event_id),
          all.map(({ event_id }) => event_id).sort((a, b) => a - b),
        );
        assert.equal((await run('history', '--limit', '0')).code, 2);
      });

      test('doctor finds nothing to do, and says what it could not look at', async () => {
        const { stdout, code: exitCode } = await run('doctor', '--json');
        const findings = JSON.parse(stdout);
        assert.deepEqual(
          findings.filter(({ state }) => state === 'bad' || state === 'advice'),
          [],
        );
        assert.equal(exitCode, 0);
        const unknown = findings.filter(({ state }) => state === 'unknown').map(({ name: what }) => what);
        if (name === 'PostgREST')
          assert.deepEqual(unknown, ['policies', 'triggers', 'HOT updates', 'long transactions']);
        assert.match((await run('doctor')).stdout, /✓ .*migration.* edition, version 1/);
      });

      test('a session that is not there: 3', async () => {
        for (const verb of ['show', 'end', 'qr', 'history', 'reseal']) {
          const { code: exitCode, stderr, stdout } = await command([verb, id('nobody')], { ...env[name], BOT_SEAL_KEY });
          assert.equal(exitCode, 3, verb);
          assert.match(stderr, /there is no session "/);
          assert.equal(stdout, '');
        }
      });

      test('after -- an id may begin with a dash', async () => {
        await start(`--${name}`);
        assert.match((await run('show', '--', `--${name}`)).stdout, /running/);
      });

      test('in a terminal each command has colours, unless NO_COLOR is set', async () => {
        await start(id('in a terminal'));
        const inTerminal = async (args, more) => {
          const terminal = await startInTerminal(args, { ...env[name], ...more });
          assert.equal(await terminal.exited, 0, args.join(' '));
          return terminal.output();
        };
        const each = [['list'], ['show', id('waits')], ['history', id('waits')], ['doctor']];
        for (const args of each) assert.match(await inTerminal(args), /\u001b\[\d+m/, args.join(' '));
        assert.match(await inTerminal(['qr', id('waits')]), /\u001b\[38;5;16;48;5;231m/);
        assert.match(await inTerminal(['end', id('in a terminal')]), /has ended/);
        assert.match(await inTerminal(['migrate']), /begin/);
        assert.doesNotMatch(await inTerminal(['list'], { NO_COLOR: '1' }), /\u001b/);
      });

      test('after Ctrl-C the cursor and the first page are back', async () => {
        const terminal = await startInTerminal(['qr', id('waits'), '--watch', '--qr-life', '3600'], env[name]);
        await until('the code is drawn', () => terminal.output().includes('▀'));
        terminal.type('\u0003');
        assert.equal(await terminal.exited, 130);
        assert.match(terminal.output(), /\u001b\[\?25h\u001b\[\?1049l$/);
      });
    });
  }
});

test('a code lives 60 seconds, one that replaced another 20, and its age is what is known of it', async () => {
  const { CodeWatch } = await import('../../../clients/node/command/code-watch.js');
  let now = 0;
  const watch = new CodeWatch({ now: () => now });
  const seen = () => [watch.current.age, watch.current.left, watch.current.expired].join();
  watch.observe('one', 10_000);
  assert.equal(seen(), '10000,50000,false');
  now = 5000;
  watch.observe('one', 1000); // a message came: the row is younger than its code
  assert.equal(seen(), '15000,45000,false');
  now = 50_000;
  assert.equal(seen(), '60000,0,true');
  watch.observe('two');
  assert.equal(seen(), '0,20000,false');
  watch.observe(null);
  now = 53_000;
  assert.deepEqual([watch.current, watch.goneFor], [null, 3000]);
  watch.observe('three', NaN);
  assert.equal(seen(), '0,60000,false');
  assert.equal(watch.goneFor, undefined);
});

test('an interval is read in every IntervalStyle', async () => {
  const { intervalMs } = await import('../../../clients/node/console/page/interval.js');
  for (const style of ['postgres', 'postgres_verbose', 'iso_8601', 'sql_standard']) {
    await supabase.sql(`set intervalstyle = ${style}`);
    const rows = await supabase.sql(
      `select value::interval::text as text, (extract(epoch from value::interval) * 1000)::float8 as ms
       from unnest('{0, 3 s, 2.5 s, 10:00:00, 23:59:59.999, 1 day, 28 days 08:00, 100 days 00:00:01, -00:00:02}'::text[]) as value`,
    );
    for (const { text, ms } of rows) assert.equal(intervalMs(text), ms, `${style}: ${text}`);
  }
  await supabase.sql('reset intervalstyle');
});

test('a reader of the pipe that has seen enough ends it quietly', async () => {
  await supabase.sql("select public.bot_session_start('many ' || i) from generate_series(1, 3000) as i");
  const listing = startCommand(['list'], env['node-postgres']);
  listing.child.stdout.once('data', () => listing.child.stdout.destroy());
  assert.equal(await listing.exited, 0);
  assert.equal(listing.stderr, '');
});

if (edition === 'plpgsql')
  describe('doctor says what to do about', () => {
    const database = () => env['node-postgres'];
    const found = async (environment, wanted) => {
      const { stdout, code: exitCode } = await command(['doctor', '--json'], environment);
      return { exitCode, ...JSON.parse(stdout).find(({ name, state }) => name === wanted && state !== 'good') };
    };
    const during = async (statement, undo, work) => {
      await supabase.sql(statement);
      try {
        await work();
      } finally {
        await supabase.sql(undo);
      }
    };

    test('the key of visitors', async () => {
      const { exitCode, todo } = await found({ ...env.PostgREST, SUPABASE_SERVICE_ROLE_KEY: tokens.anon }, 'key');
      assert.equal(exitCode, 1);
      assert.match(todo, /has to be the service key/);
    });

    test('a server that does not answer', async () => {
      const { exitCode, todo } = await found({ DATABASE_URL: 'postgresql://me:secret@127.0.0.1:9/db' }, 'database');
      assert.equal(exitCode, 1);
      assert.match(todo, /check that the server runs/);
    });

    test('functions that PostgREST does not know yet', () =>
      during(
        "alter function public.bot_session_version() rename to hidden; notify pgrst, 'reload schema'",
        "alter function public.hidden() rename to bot_session_version; notify pgrst, 'reload schema'",
        async () => {
          const { todo } = await until('PostgREST has seen it', async () => {
            const finding = await found(env.PostgREST, 'migration');
            return finding.todo && finding;
          });
          assert.match(todo, /run the migration/);
        },
      ));

    test('a table without row level security that visitors may read', () =>
      during(
        'alter table public.bot_sessions disable row level security; grant select on public.bot_sessions to anon',
        'alter table public.bot_sessions enable row level security; revoke select on public.bot_sessions from anon',
        async () => {
          const { exitCode, state, found: what } = await found(database(), 'policies');
          assert.deepEqual([exitCode, state], [1, 'bad']);
          assert.match(what, /open to anon bot_sessions/);
        },
      ));

    test('a policy that lets users in', () =>
      during(
        `grant select on public.bot_sessions to authenticated;
         create policy mine on public.bot_sessions for select to authenticated using (true)`,
        'drop policy mine on public.bot_sessions; revoke select on public.bot_sessions from authenticated',
        async () => {
          const { exitCode, state, found: what } = await found(database(), 'policies');
          assert.deepEqual([exitCode, state], [0, 'advice']);
          assert.match(what, /authenticated bot_sessions/);
        },
      ));

    test('a trigger that is disabled', () =>
      during(
        'alter table public.bot_sessions disable trigger aa_bot_sessions_audit',
        'alter table public.bot_sessions enable trigger aa_bot_sessions_audit',
        async () => {
          assert.match((await found(database(), 'triggers')).found, /disabled: aa_bot_sessions_audit/);
        },
      ));
  });

// Not next to the others: it seals what all of them keep.
describe('reseal', () => {
  for (const name of ways) {
    const id = (suffix) => `${name}-${suffix}`;
    test(`over ${name} seals anew by the first of its keys: one session, or all that nobody runs`, async () => {
      const [old, newest] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64'));
      const reseal = (keys, ...args) => command(['reseal', ...args], { ...env[name], BOT_SEAL_KEY: keys });
      const values = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i, `SECRET ${i}`]));
      const login = { creds: { creds: 'SECRET' }, session: values };
      const keep = async (session_id, options) => createRepository({ url: supabase.gateway.url, key: tokens.service_role }).store(session_id, options).save(login);
      await supabase.sql('delete from public.bot_session_data');
      for (const each of ['sealed', 'plain', 'lost', 'renamed']) await start(id(each));
      await keep(id('sealed'), { sealKey: old });
      await keep(id('plain'), {});
      await keep(id('lost'), { sealKey: randomBytes(32).toString('base64') });
      const { fence } = await start(id('busy'), { worker: 'w1' });
      await keep(id('busy'), { sealKey: old, fence });

      const one = await reseal(`${newest},${old}`, id('sealed'));
      assert.deepEqual([one.code, one.stderr, one.stdout], [0, '', `${id('sealed')}: 31 values sealed anew\n`]);
      const none = await reseal(`${newest},${old}`, id('sealed'), '--json');
      assert.deepEqual(JSON.parse(none.stdout), { session_id: id('sealed'), resealed: 0 });
      assert.match((await reseal(newest, id('plain'))).stderr, /a stored value is not sealed/);
      const busy = await reseal(`${newest},${old}`, id('busy'));
      assert.equal(busy.code, 1);
      assert.match(busy.stderr, /is run by a worker\n +stop its worker/);

      const all = await reseal(`${newest},${old}`, '--plain');
      assert.equal(all.code, 1);
      const lines = [`${id('busy')}: a worker runs it`, `${id('lost')}: a stored value is sealed with a key that is not in sealKey`,
        `${id('plain')}: 31 values sealed anew`, '2 of 4 sessions are sealed with the first key.'];
      assert.deepEqual(all.stdout.trimEnd().split('\n'), lines);
      assert.match(all.stderr, /what a worker runs was left as it is/);
      assert.doesNotMatch(all.stdout + all.stderr, /SECRET|v1\./);

      await supabase.sql('delete from public.bot_sessions where session_id = any ($1)', [[id('busy'), id('lost')]]);
      await supabase.sql('update public.bot_sessions set session_id = $2 where session_id = $1', [id('plain'), id('new name')]);
      const renamed = await reseal(newest, id('new name'), '--from', id('plain'));
      assert.deepEqual([renamed.code, renamed.stdout], [0, `${id('new name')}: 31 values sealed anew\n`]);
      const rest = await reseal(newest, '--json');
      const resealed = 0;
      assert.deepEqual(JSON.parse(rest.stdout), [{ session_id: id('new name'), resealed }, { session_id: id('sealed'), resealed }]);
      assert.equal(rest.code, 0);

      for (const [keys, ...args] of [[undefined], ['short'], [newest, '--from', 'a'], [newest, 'a', 'b']]) {
        assert.equal((await reseal(keys, ...args)).code, 2, [keys, ...args].join(' '));
      }
    });

    test(`over ${name} reseal in a terminal: each session as it is done, no control character, no key and no value`, async () => {
      await supabase.sql('delete from public.bot_sessions');
      const [session_id, keys] = [`${nasty} ${name}`, randomBytes(32).toString('base64')];
      await start(session_id);
      const { gateway } = supabase;
      await createRepository({ url: gateway.url, key: tokens.service_role }).save(session_id, { creds: { creds: 'SECRET' } });
      const inTerminal = async (...args) => {
        const terminal = await startInTerminal(['reseal', ...args], { ...env[name], BOT_SEAL_KEY: keys }, { columns: 60, rows: 20 });
        return [await terminal.exited, terminal.output().split('\r\n').slice(0, -1)];
      };
      const shown = `${shownNasty} ${name}`;
      const refused = await inTerminal();
      assert.deepEqual(refused, [1, [`${shown}: a stored value is not sealed`, '0 of 1 sessions are sealed with the first key.']]);
      assert.deepEqual(await inTerminal('--plain'), [0, [`${shown}: 1 value sealed anew`, '1 of 1 sessions are sealed with the first key.']]);
      assert.deepEqual(await inTerminal(session_id), [0, [`${shown}: 0 values sealed anew`]]);
    });
  }
});

describe('migrate', () => {
  test('prints the migration, with the schema that is wanted', async () => {
    assert.equal((await command(['migrate'], {})).stdout, migration);
    const { stdout } = await command(['migrate'], { BOTSESSION_SCHEMA: 'bots' });
    assert.equal(stdout, migration.replaceAll(/\bpublic\b/g, 'bots'));
  });

  test('--apply runs it, twice, and into another schema', async () => {
    const database = await createDatabase();
    try {
      const environment = { DATABASE_URL: database.url };
      for (let i = 0; i < 2; i++) {
        const { stdout, code: exitCode } = await command(['migrate', '--apply', '--json'], environment);
        assert.equal(exitCode, 0);
        assert.deepEqual(JSON.parse(stdout).edition, edition);
      }
      const other = { ...environment, BOTSESSION_SCHEMA: 'bots' };
      assert.match((await command(['migrate', '--apply'], other)).stderr, /\n +create schema bots\n/);
      await database.admin.query(
        'drop extension if exists botsession cascade; create schema bots authorization postgres',
      );
      assert.match((await command(['migrate', '--apply'], other)).stdout, /anon may +nothing/);
      assert.equal((await command(['list', '--json'], other)).stdout, '[]\n');
    } finally {
      await database.stop();
    }
  });

  test('--apply needs a connection to the database', async () => {
    const { code: exitCode, stderr } = await command(['migrate', '--apply'], env.PostgREST);
    assert.equal(exitCode, 2);
    assert.match(stderr, /needs DATABASE_URL/);
  });
});

if (edition === 'plpgsql')
  describe('errors say what to do', () => {
    const rest = (more) => ({ ...env.PostgREST, ...more });
    const cases = {
      'no connection': [() => ({}), 2, /Neither DATABASE_URL nor SUPABASE_URL is set\n +set DATABASE_URL/],
      'a URL without its key': [
        () => ({ SUPABASE_URL: 'http://127.0.0.1' }),
        2,
        /SUPABASE_SERVICE_ROLE_KEY is not set/,
      ],
      'no PostgREST': [
        () => rest({ SUPABASE_URL: 'http://127.0.0.1:9' }),
        1,
        /no answer.*\n +check that the server runs, and SUPABASE_URL/,
      ],
      'no server': [
        () => ({ DATABASE_URL: 'postgresql://me:secret@127.0.0.1:9/db' }),
        1,
        /^botsession: 127.0.0.1:9: no answer/,
      ],
      'a wrong key': [
        () => rest({ SUPABASE_SERVICE_ROLE_KEY: 'secret' }),
        1,
        /does not accept SUPABASE_SERVICE_ROLE_KEY/,
      ],
      'the key of visitors': [
        () => rest({ SUPABASE_SERVICE_ROLE_KEY: tokens.anon }),
        1,
        /permission denied.*\n +the key is for the role anon/,
      ],
      'another schema': [
        () => ({ ...env['node-postgres'], BOTSESSION_SCHEMA: 'other' }),
        1,
        /run the migration.*BOTSESSION_SCHEMA, which is other/,
      ],
    };
    const commands = [['list'], ['show', 'a'], ['qr', 'a'], ['history'], ['end', 'a'], ['reseal', 'a']];
    for (const [name, [environment, exitCode, message]] of Object.entries(cases)) {
      test(`${name}: alike for each command`, async () => {
        await Promise.all(
          commands.map(async (args) => {
            const result = await command(args, { ...environment(), BOT_SEAL_KEY });
            assert.match(result.stderr, message, args[0]);
            assert.deepEqual([result.code, result.stdout], [exitCode, ''], args[0]);
            assert.doesNotMatch(result.stderr, /secret/);
          }),
        );
      });
    }

    test('no migration', async () => {
      const database = await createDatabase();
      try {
        const { stderr, code: exitCode } = await command(['list'], { DATABASE_URL: database.url });
        assert.equal(exitCode, 1);
        assert.match(stderr, /run the migration: botsession migrate --apply/);
      } finally {
        await database.stop();
      }
    });

    test('an answer that takes too long', async () => {
      supabase.gateway.fault = () => {};
      try {
        const { stderr, code: exitCode } = await command(['list', '--timeout', '0.3'], env.PostgREST);
        assert.equal(exitCode, 1);
        assert.match(stderr, /no answer in 300 ms\n +--timeout gives it more seconds/);
      } finally {
        supabase.gateway.fault = null;
      }
    });

    test('usage: 2, and a help for each command', async () => {
      for (const args of [
        [],
        ['lists'],
        ['show'],
        ['show', 'a', 'b'],
        ['list', '--state', 'dead'],
        ['list', '--wrong'],
        ['list', '--timeout', 'x'],
      ]) {
        assert.equal((await command(args, env.PostgREST)).code, 2, args.join(' '));
      }
      const { stdout, code: exitCode } = await command(['--help'], {});
      assert.equal(exitCode, 0);
      const verbs = stdout.match(/^ {2}\w+/gm).map((verb) => verb.trim());
      for (const verb of verbs)
        assert.match((await command([verb, '--help'], {})).stdout, new RegExp(`^usage: botsession ${verb}`));
    });
  });
