'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const { once } = require('node:events');
const { after, before, describe, test } = require('node:test');
const { code, startBrowser, until } = require('./console.cjs');

let system, served, cookie;
before(async () => {
  system = await startBrowser();
  await system.start('bot1');
  await system.touch('bot1', { qr_data: code('secret') });
  served = await system.startConsole('PostgREST');
  cookie = (await ask('/', { query: new URL(served.url).search })).headers['set-cookie'][0].split(';')[0];
});
after(() => system?.stop());

/** A request as nothing but a browser would limit it. */
async function ask(path, { query = '', method = 'GET', headers = {}, body, port = served.port } = {}) {
  const request = http.request({
    host: '127.0.0.1',
    port,
    path: path + query,
    method,
    headers: { host: `127.0.0.1:${port}`, ...headers },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return { status: response.statusCode, headers: response.headers, text };
}

const post = (more, body = JSON.stringify({ session_id: 'bot1' })) =>
  ask('/api/end', {
    method: 'POST',
    body,
    headers: { cookie, origin: `http://127.0.0.1:${served.port}`, 'content-type': 'application/json', ...more },
  });

describe('refused', () => {
  const host = (name) => () => ask('/', { headers: { host: `${name}:${served.port}`, cookie } });
  const cases = {
    'another host name': [host('evil.example'), 403],
    'a host name that begins with localhost': [host('localhost.evil.example'), 403],
    'no cookie for the page': [() => ask('/'), 401],
    'no cookie for data': [() => ask('/api/list', { query: '?v=0&chart=0' }), 401],
    'a wrong token': [() => ask('/', { query: '?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }), 401],
    'the token as a cookie': [
      () =>
        ask('/', { headers: { cookie: `botsession-${served.port}=${new URL(served.url).searchParams.get('token')}` } }),
      401,
    ],
    'a read by a foreign page': [
      () => ask('/api/session', { query: '?id=bot1', headers: { cookie, origin: 'http://evil.example' } }),
      403,
    ],
    'a read that another site of this computer embeds': [
      () => ask('/api/session', { query: '?id=bot1', headers: { cookie, 'sec-fetch-site': 'same-site' } }),
      403,
    ],
    'a POST without Origin': [() => post({ origin: [] }), 403],
    'a POST of a foreign page': [() => post({ origin: 'http://evil.example' }), 403],
    'a POST of a page without an origin': [() => post({ origin: 'null' }), 403],
    'a POST without a cookie': [() => post({ cookie: '' }), 401],
    'a POST of plain text': [() => post({ 'content-type': 'text/plain' }), 415],
    'a POST that is not JSON': [() => post({}, '{'), 400],
    'a POST over 4 kB': [() => post({}, JSON.stringify({ session_id: 'bot1', reason: 'x'.repeat(5000) })), 413],
    'an end by GET': [() => ask('/api/end', { query: '?session_id=bot1', headers: { cookie } }), 404],
    'another verb': [() => ask('/api/toString', { headers: { cookie } }), 404],
    'another method': [() => ask('/', { method: 'DELETE', headers: { cookie } }), 405],
    'a file beside the page': [() => ask('/../server.js', { headers: { cookie } }), 404],
  };
  for (const [name, [send, status]] of Object.entries(cases)) {
    test(name, async () => {
      const answer = await send();
      assert.equal(answer.status, status, answer.text);
      assert.ok(!answer.text.includes(code('secret')));
      const [{ status: state }] = await system.sql("select status from public.bot_sessions where session_id = 'bot1'");
      assert.equal(state, 'active');
    });
  }

  test('the cookie of another console', async () => {
    const other = await system.startConsole('PostgREST');
    assert.equal((await ask('/', { port: other.port, headers: { cookie } })).status, 401);
    const renamed = cookie.replace(/^botsession-\d+/, `botsession-${other.port}`);
    assert.equal((await ask('/', { port: other.port, headers: { cookie: renamed } })).status, 401);
    await other.stop();
  });

  test('an end by a read-only console', async () => {
    const other = await system.startConsole('PostgREST', '--read-only');
    const [login] = (await ask('/', { port: other.port, query: new URL(other.url).search })).headers['set-cookie'];
    const headers = {
      cookie: login.split(';')[0],
      origin: `http://127.0.0.1:${other.port}`,
      'content-type': 'application/json',
    };
    const answer = await ask('/api/end', { port: other.port, method: 'POST', headers, body: '{"session_id":"bot1"}' });
    assert.equal(answer.status, 403);
    await other.stop();
  });
});

test('every answer has the headers that keep it here', async () => {
  for (const answer of [
    await ask('/', { query: new URL(served.url).search }),
    await ask('/'),
    await ask('/style.css'),
    await ask('/', { headers: { cookie } }),
    await ask('/api/list', { query: '?v=0&chart=0', headers: { cookie } }),
    await ask('/none', { headers: { cookie } }),
  ]) {
    const { headers } = answer;
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(headers['content-security-policy'], /default-src 'none'.*require-trusted-types-for 'script'/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  }
  const [login] = (await ask('/', { query: new URL(served.url).search })).headers['set-cookie'];
  assert.match(login, /^botsession-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.ok(!login.includes(new URL(served.url).searchParams.get('token')));
});

test('the list holds no code, and nothing holds the key', async () => {
  const { text } = await ask('/api/list', { query: '?v=0&chart=0', headers: { cookie } });
  assert.match(text, /"bot1"/);
  assert.ok(!text.includes(code('secret')));
  assert.ok(!text.includes(system.env.PostgREST.SUPABASE_SERVICE_ROLE_KEY));
});

test('what the database says of an error is not told', async () => {
  const answer = await post({}, JSON.stringify({ session_id: 'a session that is not there' }));
  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(answer.text), { error: 'unknown' });
});

test('a link from another site lets the browser in, and the token leaves the address', async () => {
  const site = http.createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end(`<a href="${served.url}">console</a>`),
  );
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const page = await system.browser.newPage();
  // Another site for the browser: localhost is not 127.0.0.1.
  await page.goto(`http://localhost:${site.address().port}/`);
  await page.getByText('console').click();
  await page.waitForURL(`http://127.0.0.1:${served.port}/`);
  await page.locator('.row').first().waitFor();
  await page.close();
  site.close();
});

test('a forwarded port works', async () => {
  const forward = net.createServer((from) => {
    const to = net.connect(served.port, '127.0.0.1');
    from.pipe(to).pipe(from);
    for (const socket of [from, to]) socket.on('error', () => {});
  });
  forward.listen(0, '127.0.0.1');
  await once(forward, 'listening');
  const page = await system.browser.newPage();
  await page.goto(`http://localhost:${forward.address().port}/${new URL(served.url).search}`);
  await page.locator('.row').first().waitFor();
  await page.close();
  forward.close();
});

test('a port that is taken is a clear error, and requests are not logged', async () => {
  const second = await system.startConsole('PostgREST').catch((error) => error);
  await second.stop?.();
  const { startCommand } = require('../client/command.cjs');
  const taken = startCommand(['console', '--port', String(served.port)], system.env.PostgREST);
  assert.equal(await taken.exited, 1);
  assert.match(taken.stderr, /port \d+ is taken\n.*--port 0/);
  assert.equal(served.started.stdout.split('\n').length, 2);
  assert.equal(served.started.stderr, '');
});

test('Ctrl-C ends it', async () => {
  const other = await system.startConsole('PostgREST');
  other.started.child.kill('SIGINT');
  assert.equal(await other.started.exited, 130);
  await until('the port is free', () =>
    ask('/', { port: other.port }).then(
      () => false,
      () => true,
    ),
  );
});
