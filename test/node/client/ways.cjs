'use strict';

// The package's repository over every way to the database, for one test file: see startWays().

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const net = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const pg = require('pg');
const { createRepository } = require('../../../clients/node/src/index.js');
const { createStopper, freePort, startSupabase, tokens, until } = require('../harness.cjs');

/**
 * A TCP proxy before PostgreSQL. `proxy.state` is 'forward', 'cut' (what there is breaks, what comes is refused) or
 * 'silent' (nothing is forwarded any more).
 */
async function startTcpProxy(port) {
  const proxy = { state: 'forward', cut: () => sockets.forEach((socket) => socket.destroy()) };
  const sockets = new Set();
  const server = net.createServer((client) => {
    if (proxy.state === 'cut') return client.destroy();
    const upstream = net.connect(port, '127.0.0.1');
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      from.on('data', (data) => proxy.state === 'forward' && to.write(data));
      from.on('error', () => {}).on('close', () => to.destroy(sockets.delete(from)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = server.address().port;
  proxy.stop = () => (proxy.cut(), server.close());
  return proxy;
}

/** pgbouncer in transaction mode before PostgreSQL, or null where it cannot be had. */
async function startPgbouncer(database) {
  const [program, libraries = ''] = (process.env.PGBOUNCER ?? '').split(' ');
  if (!program) return null;
  const dir = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  writeFileSync(join(dir, 'users'), '"postgres" ""\n');
  writeFileSync(join(dir, 'ini'), [
    '[databases]',
    `${database} = host=127.0.0.1 port=${process.env.PGPORT} user=postgres connect_query='set role service_role'`,
    '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = trust',
    `auth_file = ${join(dir, 'users')}`, 'pool_mode = transaction', 'default_pool_size = 2', '',
  ].join('\n'));
  const env = { ...process.env, LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') };
  const child = spawn(program, [join(dir, 'ini')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const kill = () => child.kill('SIGKILL');
  const exited = once(child, 'exit');
  process.on('exit', kill);
  await until('pgbouncer', async () => {
    assert.equal(child.exitCode, null, output);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
    return client.connect().then(() => client.end()).then(() => true, () => false);
  });
  const stop = async () => {
    kill();
    await exited;
    process.off('exit', kill);
    rmSync(dir, { recursive: true });
  };
  return { port, stop };
}

/**
 * Result: { supabase, ways, stop }. Each of `ways` is { name, create, anonymous, skip, fail, mend }: `create` makes a repository
 * with options, `anonymous` one whose role may do nothing; `fail` takes the database away from all of them, as 'cut'
 * or 'silent', until `mend`.
 */
async function startWays(options) {
  const { stop, onStop } = createStopper();
  try {
    const supabase = await startSupabase(options);
    onStop(supabase.stop);
    const proxy = await startTcpProxy(process.env.PGPORT);
    onStop(proxy.stop);
    const pgbouncer = await startPgbouncer(supabase.name);
    if (pgbouncer) onStop(pgbouncer.stop);

    const pools = [];
    onStop(() => Promise.all(pools.map((pool) => pool.end())));
    const createPool = (port, role) => {
      const settings = role ? { options: `-c role=${role}` } : {};
      const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', database: supabase.name, max: 4, ...settings });
      pools.push(pool);
      return pool;
    };
    const gatewayFault = { cut: (request) => request.socket.destroy(), silent: () => {} };
    const throughGateway = {
      fail: (how) => (supabase.gateway.fault = gatewayFault[how]),
      mend: () => (supabase.gateway.fault = null),
    };
    const throughProxy = {
      fail: (how) => {
        proxy.state = how;
        if (how === 'cut') proxy.cut();
      },
      mend: () => {
        proxy.state = 'forward';
        proxy.cut(); // what was silent in between is lost
      },
    };
    const { url } = supabase.gateway;
    const pool = createPool(proxy.port, 'service_role');
    const bouncing = pgbouncer && createPool(pgbouncer.port);
    const ways = [
      {
        name: 'url and key',
        create: (rest) => createRepository({ url, key: tokens.service_role, ...rest }),
        anonymous: () => createRepository({ url, key: tokens.anon }),
        ...throughGateway,
      },
      {
        name: 'supabase-js',
        create: (rest) => createRepository({ supabase: supabase.client(), ...rest }),
        anonymous: () => createRepository({ supabase: supabase.client(tokens.anon) }),
        ...throughGateway,
      },
      {
        name: 'node-postgres',
        create: (rest) => createRepository({ pool, ...rest }),
        anonymous: () => createRepository({ pool: createPool(proxy.port, 'anon') }),
        ...throughProxy,
      },
      {
        name: 'node-postgres through pgbouncer',
        skip: pgbouncer ? false : 'no pgbouncer',
        create: (rest) => createRepository({ pool: bouncing, ...rest }),
      },
    ];
    return { supabase, ways, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The names of the ways, for tests that are declared before the ways are there. */
const wayNames = ['url and key', 'supabase-js', 'node-postgres', 'node-postgres through pgbouncer'];

module.exports = { startTcpProxy, startWays, wayNames };
