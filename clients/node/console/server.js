import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { kindOf } from '../command/problem.js';
import { Activity } from './activity.js';
import { Chosen } from './chosen.js';
import { Sessions } from './sessions.js';

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const file = (name) => ({
  type: types[name.split('.').at(-1)],
  body: readFileSync(new URL(`page/${name}`, import.meta.url)),
});

/** Without a login, for the pages that come before it. They hold no data. */
const open = ['style.css', 'enter.js', 'icon.svg'];
const modules = [
  'page.js',
  'api.js',
  'words.js',
  'list.js',
  'detail.js',
  'chart.js',
  'code.js',
  'dialog.js',
  'dom.js',
  'units.js',
  'visible.js',
  'lean-qr.mjs',
];

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const hosts = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;
const mostBytes = 4096;

/** An answer that is not what was asked for. */
class Refusal extends Error {
  constructor(status, message = http.STATUS_CODES[status]) {
    super(message);
    this.status = status;
  }
}

const secret = () => randomBytes(24).toString('base64url');
const digest = (text) => createHash('sha256').update(text).digest();
const equal = (given, wanted) => typeof given === 'string' && timingSafeEqual(digest(given), digest(wanted));

/**
 * The console's server, not yet listening, and the token that lets a browser in.
 * @param {{ connection: any, readOnly?: boolean, life?: number, info: object, now?: () => number }} options `now` is a
 *   clock in ms that only goes forward
 */
export function createConsole({ connection, readOnly = false, life, info, now }) {
  const { repository, looks } = connection;
  const sessions = new Sessions({ repository, database: !connection.key, now });
  const chosen = new Chosen({ repository, looks, sessions, life, now });
  const activity = new Activity({ looks, now });
  const token = secret();
  const login = secret(); // the cookie's value, which no address ever holds

  const files = new Map([...open, ...modules].map((name) => [`/${name}`, file(name)]));
  const index = file('index.html');
  const enter = file('enter.html');
  const outside = file('outside.html');

  const verbs = {
    async list(query) {
      const [changes, chart] = await Promise.all([
        sessions.changesSince(Number(query.get('v'))),
        activity.since(Number(query.get('chart'))),
      ]);
      return { ...changes, chart, info: query.get('v') === '0' ? { ...info, readOnly } : undefined };
    },
    session: (query) => chosen.read(query.get('id') ?? '', query.has('first')),
  };

  const actions = {
    async end({ session_id, reason = null, forget = false }) {
      if (
        typeof session_id !== 'string' ||
        !(reason === null || typeof reason === 'string') ||
        typeof forget !== 'boolean'
      )
        throw new Refusal(400);
      try {
        await repository.end(session_id, { reason, ...(forget && { forget }) });
      } catch (error) {
        // What the database says may show what the page is not to see.
        return { error: error.notFound ? 'unknown' : kindOf(error) };
      }
      sessions.hurry();
      chosen.forget(session_id);
      return { done: true };
    },
  };

  async function answer(request) {
    const { host, origin, cookie = '' } = request.headers;
    // A name that leads here through somebody else's DNS is not ours.
    if (!hosts.test(host ?? '')) throw new Refusal(403, 'this is not a name of the console');
    if (origin !== undefined && origin !== `http://${host}`) throw new Refusal(403, 'another page may not ask');
    const { pathname, searchParams: query } = new URL(request.url, 'http://127.0.0.1');
    const name = `botsession-${request.socket.localPort}`;
    const given = cookie
      .split(/; */)
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1);
    const isLoggedIn = equal(given, login);

    if (request.method === 'GET') {
      if (pathname === '/' && query.has('token')) {
        if (!equal(query.get('token'), token)) return { ...outside, status: 401 };
        // A page, not a redirect: after one from another site the browser would not send the cookie.
        return { ...enter, more: { 'set-cookie': `${name}=${login}; HttpOnly; SameSite=Strict; Path=/` } };
      }
      if (open.includes(pathname.slice(1))) return files.get(pathname);
      if (!isLoggedIn) {
        if (pathname === '/') return { ...outside, status: 401 };
        throw new Refusal(401, 'open the address that botsession console printed');
      }
      if (pathname === '/') return index;
      if (files.has(pathname)) return files.get(pathname);
      const verb = /^\/api\/(\w+)$/.exec(pathname)?.[1];
      if (!Object.hasOwn(verbs, verb ?? '')) throw new Refusal(404);
      if (!['same-origin', undefined].includes(request.headers['sec-fetch-site'])) throw new Refusal(403);
      return json(await verbs[verb](query));
    }

    if (request.method !== 'POST') throw new Refusal(405);
    if (!isLoggedIn) throw new Refusal(401, 'open the address that botsession console printed');
    if (origin === undefined) throw new Refusal(403, 'a change needs an Origin');
    if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) throw new Refusal(415);
    const action = /^\/api\/(\w+)$/.exec(pathname)?.[1];
    if (!Object.hasOwn(actions, action ?? '')) throw new Refusal(404);
    if (readOnly) throw new Refusal(403, 'this console is read-only');
    return json(await actions[action](await readJson(request)));
  }

  const server = http.createServer(async (request, response) => {
    let result;
    try {
      result = await answer(request);
    } catch (error) {
      // What is not foreseen is not shown either.
      const { status, message } = error instanceof Refusal ? error : new Refusal(500);
      result = { status, type: 'text/plain; charset=utf-8', body: `${message}\n` };
    }
    const { status = 200, type, body, more } = result;
    if (!request.complete) response.setHeader('connection', 'close'); // the rest of a body that is too long
    response.writeHead(status, {
      ...headers,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...more,
    });
    response.end(body);
  });
  return { server, token };
}

const json = (value) => ({ type: 'application/json', body: JSON.stringify(value) });

/** The body. What is too long is not read to its end; the answer closes the connection. */
async function readJson(request) {
  const text = await new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    request.on('error', () => reject(new Refusal(400)));
    request.on('end', () => resolve(Buffer.concat(parts).toString()));
    request.on('data', (part) => {
      size += part.length;
      if (size <= mostBytes) return parts.push(part);
      request.pause();
      reject(new Refusal(413));
    });
  });
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new Refusal(400);
}
