'use strict';

// The command of the package as a person starts it: in a pipe, and in a terminal.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { after } = require('node:test');
const { until } = require('../harness.cjs');

const bin = join(__dirname, '../../../clients/node/bin/botsession.js');
const { PATH, HOME, TZ, LANG, LD_LIBRARY_PATH, NODE_PATH } = process.env;
const base = { PATH, HOME, TZ, LANG, LD_LIBRARY_PATH, NODE_PATH };

/** The two ways to a database that startSupabase has made, as environments. */
const connections = ({ gateway, url, tokens }) => ({
  PostgREST: { SUPABASE_URL: gateway.url, SUPABASE_SERVICE_ROLE_KEY: tokens.service_role },
  'node-postgres': { DATABASE_URL: url },
});

// What a test that failed has left would keep the file from ending.
const running = new Set();
after(() => running.forEach((child) => child.kill('SIGKILL')));

function start(file, args, env) {
  const child = spawn(file, args, { env: { ...base, ...env }, stdio: 'pipe' });
  running.add(child);
  child.on('close', () => running.delete(child));
  const started = { child, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (started[name] += text));
  }
  started.exited = once(child, 'close').then(([code]) => code);
  return started;
}

/** Starts it in a pipe. Result: { child, stdout, stderr, exited }; the output grows. */
const startCommand = (args, env) => start(process.execPath, [bin, ...args], env);

/** Runs it to its end. Result: { code, stdout, stderr }. */
async function command(args, env) {
  const started = startCommand(args, env);
  started.child.stdin.end();
  const code = await started.exited;
  return { code, stdout: started.stdout, stderr: started.stderr };
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Starts it in a terminal of its own. Result: { child, exited, output(), type(text), resize(columns, rows) }; what is
 * typed goes to whatever runs in it, as Ctrl-C does.
 */
async function startInTerminal(args, env, { columns = 100, rows = 40 } = {}) {
  const line = [process.execPath, bin, ...args].map(quote).join(' ');
  const shell = `stty cols ${columns} rows ${rows}; tty; exec ${line}`;
  const terminal = start('script', ['-qefc', shell, '/dev/null'], { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env });
  const device = await until('the terminal has a name', () => /^(\/dev\/\S+)\r\n/.exec(terminal.stdout)?.[1]);
  return Object.assign(terminal, {
    output: () => terminal.stdout.slice(device.length + 2),
    type: (text) => terminal.child.stdin.write(text),
    resize: (newColumns, newRows) => spawn('stty', ['-F', device, 'cols', String(newColumns), 'rows', String(newRows)]),
  });
}

module.exports = { bin, command, connections, startCommand, startInTerminal };
