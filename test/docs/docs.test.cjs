'use strict';

// Runs every block of the documentation as written, in this edition: SQL in psql, shell in bash, JavaScript (js is
// a module, cjs is not) in node.
// The blocks under one heading share a database `mydb` as on Supabase, with the migration in it, and are run one after
// the other as the role `postgres`; a block without a language is what the block before it prints ("..." stands
// for anything). HTML comments in the pages say what differs:
//
//	<!-- test: needs WORD, WORD -->	under a heading, or before all of them for the whole page:
//		fresh			no migration before the first block
//		superuser		psql as supabase_admin
//		postgrest		an API in front of the database, its address and key in the environment
//		edition c		only that one
//		package NAME		the server's extension of that name, or skipped
//		program NAME		a command, or skipped
//	<!-- test: skip REASON -->	the next block is not run, and says so
//
// What a section needs besides, and what has to be true after it, is in sections.cjs.

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } = require('node:fs');
const { join, relative, resolve } = require('node:path');
const { test } = require('node:test');
const { createDatabase, createStopper, edition, startGateway, startPostgrest, tokens, until } = require('../node/harness.cjs');
const sections = require('./sections.cjs');

const root = resolve(__dirname, '../..');
const scratch = join(process.env.DOCS_DIR, edition);
const pages = ['README.md', 'examples/node/README.md']
  .concat(readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).sort().map((name) => `docs/${name}`));

const psql = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'footer=off', '-d', 'mydb', '-f'];
const commands = {
  sql: (file) => [...psql, file],
  sh: (file) => ['bash', '-euo', 'pipefail', file],
  js: (file) => ['node', file],
  cjs: (file) => ['node', file],
};

/** The sections of a page that have blocks: { name, needs, blocks: [{ name, language, text, skip }] }. */
function read(page) {
  const found = [];
  let section = { needs: [] };
  let block = null;
  let skip = null;
  const pageNeeds = section.needs;
  readFileSync(join(root, page), 'utf8').split('\n').forEach((line, i) => {
    const [, fence, language] = /^ *(```)(.*)$/.exec(line) ?? [];
    const [, verb, rest] = /^<!-- test: (needs|skip) (.*) -->$/.exec(line) ?? [];
    if (block) {
      if (fence) block = null;
      else block.text += `${line}\n`;
    } else if (fence) {
      block = { name: `line ${i + 1} ${language}`.trim(), language, text: '', skip };
      section.blocks.push(block);
      skip = null;
    } else if (verb === 'needs') {
      section.needs.push(...rest.split(', '));
    } else if (verb === 'skip') {
      skip = rest;
    } else if (/^#+ /.test(line)) {
      section = { name: line.replace(/^#+ /, ''), needs: [...pageNeeds], blocks: [] };
      found.push(section);
    } else {
      assert.doesNotMatch(line, /<!-- *test/, `${page}:${i + 1} is no comment that this test understands`);
    }
    assert.ok(!skip || line === '' || verb, `${page}:${i + 1}: the comment before it belongs to a block`);
  });
  assert.equal(block, null, `${page}: a block that does not end`);
  return found.filter(({ blocks }) => blocks.length > 0);
}

/** Why a section cannot run here, or null. */
async function missing(needs, admin) {
  for (const need of needs) {
    const [kind, name] = need.split(' ');
    if (kind === 'package') {
      const { rows } = await admin.query('select from pg_available_extensions where name = $1', [name]);
      if (rows.length === 0) return `the server has no ${name}`;
    } else if (kind === 'program') {
      if (spawnSync('bash', ['-c', 'command -v "$0"', name]).status !== 0) return `there is no ${name}`;
    } else {
      assert.match(kind, /^(fresh|superuser|postgrest|edition)$/, 'a need that this test knows');
    }
  }
  return null;
}

/** Text as it is compared: no blanks at the ends of lines, no empty lines at either end. */
const tidy = (text) => text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '');

function assertPrinted(expected, printed) {
  const lines = tidy(expected).split('\n');
  const pattern = lines.map((line) => line.split('...').map((part) => part.replace(/[^\w\s]/g, '\\$&')).join('.*'));
  if (!new RegExp(`^${pattern.join('\n')}$`).test(tidy(printed))) assert.equal(tidy(printed), tidy(expected));
}

/** Runs a block to its end, or, where the section has a part that acts `during` it, until that is done. */
async function run(block, { env, cwd, prelude = '', epilogue = '', during }, context) {
  const file = join(scratch, `block.${block.language === 'js' ? 'mjs' : block.language}`);
  const after = block.language === 'cjs' && epilogue // which may await, as no block of a .cjs file can
    ? `(async () => {${epilogue}})().catch((error) => { console.error(error); process.exit(1); });`
    : epilogue;
  writeFileSync(file, `${prelude}${block.text}${after}`);
  const [command, ...args] = commands[block.language](file);
  // A group of its own, so that a signal reaches what a shell started.
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 240_000);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
  const closed = new Promise((done) => { child.on('close', (code, signal) => done({ code, signal })); });
  try {
    if (during) {
      const printed = (text) => until(`it prints ${text}`, () => {
        assert.equal(child.exitCode, null, 'it still runs');
        return stdout.includes(text);
      });
      await during({ ...context, printed }).catch((error) => {
        throw new Error(`${error.message}\n${stdout}${stderr}`);
      });
      process.kill(-child.pid, 'SIGINT');
    }
    const { code, signal } = await closed;
    assert.ok(code === 0 || (during && signal === 'SIGINT'), `${signal ?? code}: ${stdout}${stderr}`);
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  }
  return stdout;
}

async function runSection(t, page, section) {
  const hooks = sections[`${page}: ${section.name}`] ?? {};
  const { stop, onStop } = createStopper();
  try {
    const database = await createDatabase({ name: 'mydb' });
    onStop(database.stop);
    const reason = await missing(section.needs, database.admin);
    if (reason) {
      await t.test(section.name, { skip: reason }, () => {});
      return;
    }
    const needs = (word) => section.needs.includes(word);
    const env = {
      ...process.env,
      PGUSER: needs('superuser') ? 'supabase_admin' : 'postgres',
      PGDATABASE: 'mydb',
      PGOPTIONS: `-c client_min_messages=warning -c botsession.edition=${edition}`,
      // Stands in for sudo, which nobody needs in a private server.
      PATH: `${join(__dirname, 'bin')}:${process.env.PATH}`,
      MAKEFLAGS: 'with_llvm=no',
      NODE_PATH: modules,
    };
    delete env.NODE_OPTIONS;
    delete env.NODE_TEST_CONTEXT;
    const sql = async (query, values) => (await database.admin.query(query, values)).rows;
    const psqlFile = (file) => {
      const { status, stdout, stderr } = spawnSync(psql[0], [...psql.slice(1), file], { env, cwd: root, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    const context = { ...database, sql, env, section, scratch, psqlFile, assertPrinted };
    if (!needs('fresh')) await database.migrate();
    await hooks.before?.(context, onStop);
    // Not before it is needed, so that it knows what the SQL before that has made.
    const startApi = async () => {
      if (!needs('postgrest') || context.gateway) return;
      const postgrest = await startPostgrest('mydb');
      onStop(postgrest.stop);
      context.gateway = await startGateway(postgrest.port);
      onStop(context.gateway.stop);
      Object.assign(env, { SUPABASE_URL: context.gateway.url, SUPABASE_SERVICE_ROLE_KEY: tokens.service_role });
    };

    let output = null;
    let number = 0;
    for (const block of section.blocks) {
      await t.test(block.name, { skip: block.skip ?? false }, async () => {
        const options = { env, cwd: root, ...hooks.blocks?.[number] };
        if (block.skip) return;
        if (commands[block.language]) {
          output = null;
          if (block.language !== 'sql') await startApi();
          const text = (options.replace?.(context) ?? []).reduce((all, [from, to]) => {
            assert.ok(all.includes(from), `${from} is in the block`);
            return all.replaceAll(from, to);
          }, block.text);
          output = await run({ ...block, text }, options, context);
          if (options.prints) assertPrinted(options.prints, output);
        } else if (options.uses) {
          await options.uses({ ...context, block }, onStop);
        } else {
          assert.equal(block.language, '', 'a language that this test knows');
          assert.notEqual(output, null, 'a block before it that printed this');
          assertPrinted(block.text, output);
        }
      });
      number++;
    }
    if (hooks.after) {
      await t.test('after it', async () => {
        await startApi();
        await hooks.after(context);
      });
    }
  } finally {
    await stop();
  }
}

mkdirSync(scratch, { recursive: true });
// Where the modules of the blocks look for packages, with the one that is made here.
const modules = join(scratch, 'node_modules');
mkdirSync(modules);
for (const name of readdirSync(process.env.NODE_PATH)) symlinkSync(join(process.env.NODE_PATH, name), join(modules, name));
symlinkSync(join(root, 'clients/node'), join(modules, 'botsession'));
const names = [];
for (const page of pages) {
  for (const section of read(page)) {
    const name = `${page}: ${section.name}`;
    assert.ok(!names.includes(name), `${name}: there are two of that name`);
    names.push(name);
    const [, only] = /\bedition (\w+)/.exec(section.needs) ?? [];
    if (!only || only === edition) test(name, (t) => runSection(t, page, section));
  }
}

test('every part of sections.cjs belongs to a section', () => {
  assert.deepEqual(Object.keys(sections).filter((name) => !names.includes(name)), []);
});
