'use strict';

const assert = require('node:assert/strict');
const { readFileSync, statSync, mkdtempSync, rmSync, existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, before, describe, test } = require('node:test');
const { createDatabase, startSupabase, tokens, until } = require('../harness.cjs');
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

const nasty = 'a\u001b[31m\u202eb<script>\u0085';
const shownNasty = 'a\\x1b[31m\\u202eb<script>\\x85';

describe('command', { concurrency: 2 }, () => {
  for (const name of ['PostgREST', 'node-postgres']) {
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
        assert.deepEqual(all.map(({ session_id }) => session_id), all.map(({ session_id }) => session_id).sort());
        assert.equal(all.find(({ session_id }) => session_id === id('waits')).has_qr, true);
        const ids = async (...args) => JSON.parse((await run('list', '--json', ...args)).stdout).map((row) => row.session_id);
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
        assert.match(stderr, /at least \d+ s old, at most \d+ s left\n/);
        const data = JSON.parse((await run('qr', id('waits'), '--json')).stdout);
        assert.equal(data.qr_data, code(name.slice(0, 2)));
        assert.ok(data.left_seconds <= 60 - data.age_seconds && data.age_seconds < 40);
      });

      test('qr counts the age from the last write, by the clock of the database, and --qr-life ends it', async () => {
        await start(id('old'));
        await touch(id('old'), { qr_data: code('ol') });
        await supabase.sql('alter table public.bot_sessions disable trigger zz_bot_sessions_maintain');
        await supabase.sql("update public.bot_sessions set updated_at = now() - interval '30 seconds' where session_id = $1", [id('old')]);
        await supabase.sql('alter table public.bot_sessions enable trigger zz_bot_sessions_maintain');
        const { age_seconds, left_seconds } = JSON.parse((await run('qr', id('old'), '--json')).stdout);
        assert.ok(age_seconds >= 30 && age_seconds < 55, String(age_seconds));
        assert.ok(left_seconds <= 30 && left_seconds > 0);
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
        const watching = startCommand(['qr', id('rotates'), '--watch', '--json'], env[name]);
        const shown = () => watching.stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
        for (const qr_data of [code('one'), code('two')]) {
          await touch(id('rotates'), { qr_data });
          await until('the code is shown', () => shown().at(-1)?.qr_data === qr_data);
        }
        assert.deepEqual(shown().map(({ left_seconds }) => left_seconds > 20), [true, false]);
        await touch(id('rotates'), { qr_data: '' });
        assert.equal(await watching.exited, 0);
        assert.equal(shown().at(-1).qr_data, null);
      });

      test('qr --watch --png keeps the picture up to date, and takes it away in the end', async () => {
        const file = join(folder, `${name}-watched.png`);
        await start(id('pictured'));
        await touch(id('pictured'), { qr_data: code('pic') });
        const watching = startCommand(['qr', id('pictured'), '--watch', '--png', file], env[name]);
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

      test('a session that is not there: 3', async () => {
        for (const verb of ['show', 'end', 'qr']) {
          const { code: exitCode, stderr, stdout } = await run(verb, id('nobody'));
          assert.equal(exitCode, 3, verb);
          assert.match(stderr, /there is no session "/);
          assert.equal(stdout, '');
        }
      });

      test('after -- an id may begin with a dash', async () => {
        await start(`--${name}`);
        assert.match((await run('show', '--', `--${name}`)).stdout, /running/);
      });

      test('in a terminal there are colours, unless NO_COLOR is set', async () => {
        const list = async (more) => {
          const terminal = await startInTerminal(['list'], { ...env[name], ...more });
          assert.equal(await terminal.exited, 0);
          return terminal.output();
        };
        assert.match(await list({}), /\u001b\[34m■/);
        assert.doesNotMatch(await list({ NO_COLOR: '1' }), /\u001b/);
      });

      test('after Ctrl-C the cursor and the first page are back', async () => {
        const terminal = await startInTerminal(['qr', id('waits'), '--watch'], env[name]);
        await until('the code is drawn', () => terminal.output().includes('▀'));
        terminal.type('\u0003');
        assert.equal(await terminal.exited, 130);
        assert.match(terminal.output(), /\u001b\[\?25h\u001b\[\?1049l$/);
      });
    });
  }
});

test('a reader of the pipe that has seen enough ends it quietly', async () => {
  await supabase.sql("select public.bot_session_start('many ' || i) from generate_series(1, 3000) as i");
  const listing = startCommand(['list'], env['node-postgres']);
  listing.child.stdout.once('data', () => listing.child.stdout.destroy());
  assert.equal(await listing.exited, 0);
  assert.equal(listing.stderr, '');
});

describe('errors say what to do', () => {
  const rest = (more) => ({ ...env.PostgREST, ...more });
  const cases = {
    'no connection': [() => ({}), 2, /Neither DATABASE_URL nor SUPABASE_URL is set\n +set DATABASE_URL/],
    'a URL without its key': [() => ({ SUPABASE_URL: 'http://127.0.0.1' }), 2, /SUPABASE_SERVICE_ROLE_KEY is not set/],
    'no PostgREST': [() => rest({ SUPABASE_URL: 'http://127.0.0.1:9' }), 1, /no answer.*\n +check that the server runs, and SUPABASE_URL/],
    'no server': [() => ({ DATABASE_URL: 'postgresql://me:secret@127.0.0.1:9/db' }), 1, /^botsession: 127.0.0.1:9: no answer/],
    'a wrong key': [() => rest({ SUPABASE_SERVICE_ROLE_KEY: 'secret' }), 1, /does not accept SUPABASE_SERVICE_ROLE_KEY/],
    'the key of visitors': [() => rest({ SUPABASE_SERVICE_ROLE_KEY: tokens.anon }), 1, /permission denied.*\n +the key is for the role anon/],
    'another schema': [() => ({ ...env['node-postgres'], BOTSESSION_SCHEMA: 'other' }), 1, /run the migration.*BOTSESSION_SCHEMA, which is other/],
  };
  for (const [name, [environment, exitCode, message]] of Object.entries(cases)) {
    test(name, async () => {
      const result = await command(['list'], environment());
      assert.match(result.stderr, message);
      assert.equal(result.code, exitCode);
      assert.doesNotMatch(result.stderr, /secret/);
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
    for (const args of [[], ['lists'], ['show'], ['show', 'a', 'b'], ['list', '--state', 'dead'], ['list', '--wrong'], ['list', '--timeout', 'x']]) {
      assert.equal((await command(args, env.PostgREST)).code, 2, args.join(' '));
    }
    const { stdout, code: exitCode } = await command(['--help'], {});
    assert.equal(exitCode, 0);
    const verbs = stdout.match(/^ {2}\w+/gm).map((verb) => verb.trim());
    for (const verb of verbs) assert.match((await command([verb, '--help'], {})).stdout, new RegExp(`^usage: botsession ${verb}`));
  });
});
