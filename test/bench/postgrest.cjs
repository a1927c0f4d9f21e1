'use strict';

// Requests per second through PostgREST: the function against the upsert of a plain table.
// Usage: node postgrest.cjs ROUNDS SECONDS; prints round,case,requests/s, CPU us per request of server and of PostgREST.

const net = require('node:net');
const { readFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const { startSupabase, tokens, until } = require('../node/harness.cjs');

const [rounds, seconds] = process.argv.slice(2).map(Number);
const connections = 8;
const sessions = 1000;
const message = 'Is the shop still open at this time of the day?';
const tick = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const cases = {
  rpc_touch: { path: '/rpc/bot_session_touch', headers: [] },
  table_upsert: {
    path: '/plain?on_conflict=session_id',
    headers: ['Prefer: resolution=merge-duplicates,return=representation'],
  },
};

/** Requests as bytes: the client is to cost as little as possible. */
function requests({ path, headers }, port) {
  return Array.from({ length: sessions }, (_, n) => {
    const body = JSON.stringify({ session_id: String(5511900000001 + n), last_message: message });
    const head = [
      `POST ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${tokens.service_role}`,
      'Content-Type: application/json', `Content-Length: ${body.length}`, ...headers,
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

/** Is the answer whole? PostgREST sends it in chunks. */
const isWhole = (answer) => answer.endsWith('\r\n0\r\n\r\n') || /Content-Length: 0\r\n[^]*\r\n\r\n$/i.test(answer);

/** Sends requests until the time is up. How many were answered. */
function load(port, wanted, until_ms) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    let answered = 0;
    let answer = '';
    const send = () => socket.write(wanted[Math.floor(Math.random() * sessions)]);
    socket.on('connect', send).on('error', reject).on('data', (data) => {
      answer += data;
      if (!isWhole(answer)) return;
      if (!/^HTTP\/1.1 20[01] /.test(answer)) {
        reject(new Error(answer));
        return;
      }
      answered++;
      answer = '';
      if (Date.now() < until_ms) {
        send();
      } else {
        socket.destroy();
        resolve(answered);
      }
    });
  });
}

/** CPU time of processes in microseconds, all threads. */
const cpuTime = (pids) =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * tick;
  }, 0);

async function main() {
  const database = await startSupabase();
  try {
    const { admin, sql, request, postgrest } = database;
    await admin.query(`
      create extension if not exists moddatetime;
      create table public.plain (
        session_id text primary key, created_at timestamptz not null default now(), last_message text,
        status text not null default 'active' check (status in ('active', 'inactive')), qr_data text,
        updated_at timestamptz not null default now());
      create trigger plain_moddatetime before update on public.plain
        for each row execute function moddatetime(updated_at);
      grant all on public.plain to service_role;
      insert into public.plain (session_id) select 5511900000000 + n from generate_series(1, ${sessions}) n;
      insert into public.bot_sessions (session_id) select session_id from public.plain;
      notify pgrst, 'reload schema'`);
    await until('the schema cache', async () => (await request('/plain?limit=1')).status === 200);

    const pids = async () => (await sql("select pid from pg_stat_activity where usename = 'authenticator'")).map(({ pid }) => pid);
    const rest = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    for (let round = 0; round <= rounds; round++) {
      for (const [name, options] of Object.entries(cases)) {
        const wanted = requests(options, postgrest.port);
        const backends = await pids();
        const before = [cpuTime(backends), cpuTime(rest), Date.now()];
        const answered = await Promise.all(Array.from({ length: connections }, () =>
          load(postgrest.port, wanted, before[2] + seconds * 1000)));
        const total = answered.reduce((a, b) => a + b);
        const took = (Date.now() - before[2]) / 1000;
        // Round 0 warms up, and opens the pool's connections.
        if (round > 0) {
          console.log([round, name, total / took, (cpuTime(backends) - before[0]) / total,
            (cpuTime(rest) - before[1]) / total].join(','));
        }
      }
    }
  } finally {
    await database.stop();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
