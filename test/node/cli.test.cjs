'use strict';

// The Supabase CLI, as far as it works without Docker and without an account.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { before, after, test } = require('node:test');
const { promisify } = require('node:util');
const { createDatabase, edition, migration } = require('./harness.cjs');

const run = promisify(execFile);
const node_modules = dirname(dirname(require.resolve('supabase/package.json')));

let project;
before(() => {
  project = mkdtempSync(join(process.env.RUN_DIR ?? tmpdir(), 'cli.'));
  const migrations = join(project, 'supabase/migrations');
  mkdirSync(migrations, { recursive: true });
  writeFileSync(join(project, 'supabase/config.toml'), 'project_id = "test"\n');
  writeFileSync(join(migrations, '20260101000000_create_bot_sessions.sql'), migration);
  symlinkSync(node_modules, join(project, 'node_modules'));
});

const databases = [];
after(async () => {
  for (const database of databases) await database.stop();
  rmSync(project, { recursive: true });
});

async function newDatabase(options) {
  const database = await createDatabase(options);
  databases.push(database);
  return database;
}

/** Runs the CLI on a database. Result: { code, stdout, output }. */
async function supabase(database, ...args) {
  const options = {
    cwd: project,
    // Without PGSSLMODE a warning gets into the generated types.
    env: { ...process.env, HOME: project, PGSSLMODE: 'disable', DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' },
  };
  const cli = join(node_modules, 'supabase/dist/supabase.js');
  const { code = 0, stdout, stderr } = await run(process.execPath, [cli, ...args, `--remote=${database.url}`], options).catch(
    (error) => error,
  );
  return { code, stdout, output: stdout + stderr };
}

async function succeeds(database, ...args) {
  const result = await supabase(database, ...args);
  assert.equal(result.code, 0, result.output);
  return result;
}

const advisors = async (database) => {
  const args = ['db', 'advisors', '--type', 'all', '--level', 'info', '--output-format', 'json'];
  const { stdout } = await succeeds(database, ...args);
  return JSON.parse(stdout).results.map(({ name, detail }) => `${name}: ${detail}`);
};
const explained = edition === 'c' ? [/^extension_in_public: .*botsession/] : [];

for (const privileges of ['old', 'new']) {
  test(`db push and the advisors, ${privileges} default privileges`, async () => {
    const database = await newDatabase({ privileges });
    const dryRun = await succeeds(database, 'db', 'push', '--yes', '--dry-run');
    assert.match(dryRun.output, /create_bot_sessions/);
    await succeeds(database, 'db', 'push', '--yes');
    const { stdout } = await succeeds(database, 'migration', 'list', '--output-format', 'json');
    assert.deepEqual(JSON.parse(stdout).migrations.map(({ local, remote }) => [local, remote]), [
      ['20260101000000', '20260101000000'],
    ]);
    const { rows } = await database.admin.query(`select (public.bot_session_start('pushed')).status`);
    assert.deepEqual(rows, [{ status: 'active' }]);
    const { rows: [{ lanname }] } = await database.admin.query(
      `select lanname from pg_proc p join pg_language l on l.oid = prolang where proname = 'bot_session_start'`,
    );
    assert.equal(lanname, edition);

    // Indexes that nobody has used yet would be noted.
    await database.admin.query(`set enable_seqscan = off; select event from public.bot_session_events
      where session_id = 'pushed' order by event_id;
      select from public.bot_session_leases where coalesce(expires_at, released_at) <= now();
      select pg_stat_force_next_flush()`);
    const findings = await advisors(database);
    assert.equal(findings.length, explained.length, findings.join('\n'));
    explained.forEach((pattern, i) => assert.match(findings[i], pattern));

    await database.admin.query(`create function public.careless() returns int language plpgsql as 'begin return 1; end'`);
    assert.ok((await advisors(database)).some((finding) => finding.startsWith('function_search_path_mutable')),
      'the advisors see what they have to see');
  });
}

test('migration up, and again after the file was changed', async () => {
  const database = await newDatabase();
  await succeeds(database, 'migration', 'up', '--yes');
  await database.admin.query(`select public.bot_session_start('kept')`);
  await database.admin.query('delete from supabase_migrations.schema_migrations');
  await succeeds(database, 'migration', 'up', '--yes');
  const { rows } = await database.admin.query('select session_id from public.bot_sessions');
  assert.deepEqual(rows, [{ session_id: 'kept' }]);
});

test('db lint', async (t) => {
  const database = await newDatabase();
  const { rows } = await database.admin.query(`select from pg_available_extensions where name = 'plpgsql_check'`);
  if (rows.length === 0) return t.skip('the server does not have the extension plpgsql_check');
  await database.admin.query('create extension plpgsql_check schema public');
  await database.migrate();
  const args = ['db', 'lint', '--schema', 'public', '--level', 'warning', '--fail-on', 'warning'];
  const { code, output } = await supabase(database, ...args);
  assert.equal(code, 0, output);

  await database.admin.query(`create function public.broken() returns int language plpgsql as 'begin return nothing; end'`);
  const broken = await supabase(database, ...args);
  assert.notEqual(broken.code, 0, 'the lint sees what it has to see');
  assert.match(broken.output, /broken/);
});

test('gen types, and TypeScript that uses them', async () => {
  const database = await newDatabase();
  await database.migrate();
  const { stdout } = await succeeds(database, 'gen', 'types', '--schema', 'public');
  writeFileSync(join(project, 'database.ts'), stdout);
  writeFileSync(join(project, 'check.ts'), readFileSync(join(__dirname, 'types-check.ts')));
  const tsc = [join(node_modules, 'typescript/lib/tsc.js'), '--noEmit', '--strict', '--skipLibCheck'];
  const options = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
  const { code = 0, stdout: messages } = await run(process.execPath, [...tsc, ...options, 'check.ts'], { cwd: project }).catch(
    (error) => error,
  );
  assert.equal(code, 0, messages);
});
