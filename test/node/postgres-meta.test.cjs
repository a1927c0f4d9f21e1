'use strict';

// The migration through the server behind Supabase's SQL editor.

const assert = require('node:assert/strict');
const { before, after, test } = require('node:test');
const { createDatabase, edition, migration, startServer } = require('./harness.cjs');

let database;
let server;
let query;
const skip = Number(process.versions.node.split('.')[0]) < 20 && 'postgres-meta needs Node 20';
before(async () => {
  if (skip) return;
  database = await createDatabase();
  const program = require.resolve('@supabase/postgres-meta').replace(/lib\/index\.js$/, 'server/server.js');
  // It takes the next port as well, and that one last.
  server = await startServer(process.execPath, [program], (port) => ({
    env: { PG_META_HOST: '127.0.0.1', PG_META_PORT: String(port), PG_META_DB_URL: database.url },
    url: `http://127.0.0.1:${port + 1}/metrics`,
  }));
  const url = `http://127.0.0.1:${server.port}`;
  query = async (sql) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${url}/query`, { method: 'POST', headers, body: JSON.stringify({ query: sql }) });
    return { status: answer.status, body: await answer.json() };
  };
});
after(async () => {
  await server?.stop();
  await database?.stop();
});

test('the paste shows what was installed, the first time and the second', { skip }, async () => {
  for (let i = 0; i < 2; i++) {
    const { status, body } = await query(migration);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.length, 1);
    const { edition: shown, anon_may, authenticated_may } = body[0];
    assert.deepEqual({ shown, anon_may, authenticated_may }, {
      shown: edition, anon_may: 'nothing', authenticated_may: 'nothing',
    });
    const started = await query(`select * from bot_session_start('editor')`);
    assert.equal(started.status, 200);
    assert.equal(started.body[0].previous_status, i === 0 ? null : 'active');
  }
});

test('a paste that cannot be installed shows why, and changes nothing', { skip }, async () => {
  const tables = `select relname from pg_class where relname like 'bot_session%' and relkind = 'r' order by 1`;
  const before = await query(tables);
  await query('alter table public.bot_sessions alter last_message type varchar');
  const { status, body } = await query(migration);
  assert.equal(status, 400);
  assert.match(JSON.stringify(body), /last_message.* must be text/);
  await query('alter table public.bot_sessions alter last_message type text');
  assert.deepEqual(await query(tables), before);
  assert.equal((await query(migration)).status, 200);
});

// What the editor asks its user to confirm, as far as a text search can tell.
test('nothing in the file makes the SQL editor ask back', () => {
  const sql = migration.replace(/--.*|\/\*[^]*?\*\//g, '');
  assert.doesNotMatch(sql, /(^|;)\s*(drop|delete|truncate)\s/i);
  assert.doesNotMatch(sql, /(^|;)\s*update\s(?![^;]*\bwhere\b)[^;]*;/i);
  const created = [...sql.matchAll(/create table (?:if not exists )?(\S+)/gi)].map(([, name]) => name);
  assert.ok(created.length >= 3);
  for (const name of created) assert.match(sql, new RegExp(`alter table ${name}\\s+enable row level security`, 'i'));
});
