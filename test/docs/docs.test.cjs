'use strict';

// Runs every example of the documentation in this edition, each in a new database `mydb` as on Supabase, with the
// migration in it, as role `postgres`; and compares what it prints with the blocks of output on the pages and with
// FILE.out, where there is one. A comment at the top of an example says what differs:
//
//	needs: fresh			no migration before it
//	needs: superuser		as supabase_admin
//	needs: api			an API in front of the database, its address and key in the environment
//	needs: edition NAME		only that one
//	needs: extension NAME		the server has it, or the example is skipped
//	needs: program NAME		a command, or it is skipped
//	needs: python NAME		a module of Python, or it is skipped
//	run by: FILE			not by itself

const assert = require('node:assert/strict');
const { execFile, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } = require('node:fs');
const { extname, join } = require('node:path');
const { after, test } = require('node:test');
const { createDatabase, createStopper, edition, startGateway, startPostgrest, tokens } = require('../node/harness.cjs');
const { check, commands, contains, header, root } = require('./blocks.cjs');

const supabase = readFileSync(join(__dirname, 'supabase.sql'), 'utf8');
const succeeds = (...command) => spawnSync(command[0], command.slice(1)).status === 0;

/** Why an example cannot run here, or null. */
async function missing(needs, admin) {
  for (const need of needs) {
    const [kind, name] = need.split(' ');
    if (kind === 'extension') {
      const { rows } = await admin.query('select from pg_available_extensions where name = $1', [name]);
      if (rows.length === 0) return `the server has no ${name}`;
    } else if (kind === 'program' && !succeeds('bash', '-c', 'command -v "$0"', name)) {
      return `there is no ${name}`;
    } else if (kind === 'python' && !succeeds('/usr/bin/python3', '-c', `import ${name}`)) {
      return `Python has no ${name}`;
    } else {
      assert.match(kind, /^(fresh|superuser|api|edition|program|python)$/, 'a need that this test knows');
    }
  }
  return null;
}

/** What it prints. */
const run = (file, env) => new Promise((done, fail) => {
  const [command, ...args] = commands[extname(file)];
  execFile(command, [...args, file], { cwd: root, env, timeout: 240_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
    if (error) fail(new Error(`${error.signal ?? error.code}: ${stdout}${stderr}`));
    else done(stdout);
  });
});

async function runExample(t, file, needs, blocks) {
  const { stop, onStop } = createStopper();
  try {
    const database = await createDatabase({ name: 'mydb' });
    onStop(database.stop);
    const reason = await missing(needs, database.admin);
    if (reason) return t.skip(reason);
    const env = {
      ...process.env,
      PGUSER: needs.includes('superuser') ? 'supabase_admin' : 'postgres',
      PGDATABASE: 'mydb',
      PGOPTIONS: `-c client_min_messages=warning -c botsession.edition=${edition}`,
      // Stands in for sudo, which nobody needs in a private server.
      PATH: `${join(__dirname, 'bin')}:${process.env.PATH}`,
      MAKEFLAGS: 'with_llvm=no',
    };
    delete env.NODE_OPTIONS;
    delete env.NODE_PATH;
    delete env.NODE_TEST_CONTEXT;
    await database.admin.query(supabase);
    if (!needs.includes('fresh')) await database.migrate();
    if (needs.includes('api')) {
      const postgrest = await startPostgrest('mydb');
      onStop(postgrest.stop);
      const gateway = await startGateway(postgrest.port);
      onStop(gateway.stop);
      Object.assign(env, { SUPABASE_URL: gateway.url, SUPABASE_SERVICE_ROLE_KEY: tokens.service_role });
    }
    const printed = await run(file, env);
    for (const { place, text } of blocks) {
      if (!contains(printed, text, true)) assert.equal(printed, text, `${place}: ${file} prints something else`);
    }
    if (existsSync(join(root, `${file}.out`))) {
      const expected = readFileSync(join(root, `${file}.out`), 'utf8');
      if (!contains(printed, expected, true) || printed.trim().split('\n').length !== expected.trim().split('\n').length) {
        assert.equal(printed, expected, `${file} prints something else`);
      }
    }
  } finally {
    await stop();
  }
}

// Where the examples look for packages, with the one that is made here.
const modules = join(root, 'node_modules');
rmSync(modules, { recursive: true, force: true });
mkdirSync(join(modules, '.bin'), { recursive: true });
for (const name of readdirSync(process.env.NODE_PATH).filter((name) => !name.startsWith('.'))) {
  symlinkSync(join(process.env.NODE_PATH, name), join(modules, name));
}
symlinkSync(join(root, 'clients/node'), join(modules, 'botsession'));
symlinkSync('../botsession/bin/botsession.js', join(modules, '.bin/botsession'));
after(() => rmSync(modules, { recursive: true }));

const { errors, files, outputs } = check();
test('every block of the documentation is a piece of an example', () => assert.equal(errors.join('\n'), ''));
for (const file of files) {
  const { needs } = header(file);
  const only = needs.find((need) => need.startsWith('edition '));
  if (!only || only === `edition ${edition}`) test(file, (t) => runExample(t, file, needs, outputs.get(file) ?? []));
}
