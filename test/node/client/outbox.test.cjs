'use strict';

// What bots have to write, and the requests that they share. The order in which answers come is the test's.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { BotSessionsError } = require('../../../clients/node/src/errors.js');
const { Outbox } = require('../../../clients/node/src/outbox.js');
const { SharedRequests } = require('../../../clients/node/src/shared-requests.js');

const turn = () => new Promise((resolve) => setImmediate(resolve));
const refusal = new BotSessionsError('test', { code: '22023', status: 400, message: 'refused' });
const late = new BotSessionsError('test', { code: '57014', status: 500, message: 'statement timeout' });
const away = new BotSessionsError('test', { message: 'no answer' });
const missing = new BotSessionsError('test', { code: '42P01', message: 'no table' }, { answeredBefore: true });

/** Outboxes by name, whose requests the test answers. */
function createOutboxes(...names) {
  const requests = [];
  const told = [];
  const shared = new SharedRequests((elements) => new Promise((answer, fail) => requests.push({ elements, answer, fail })));
  const boxes = names.map((session_id) => {
    const writer = {
      session_id,
      fence: 1,
      written: (row, fence) => told.push([session_id, 'written', fence]),
      refused: (error) => told.push([session_id, error.code ?? error.message]),
    };
    return Object.assign(new Outbox(writer, shared, 1), { writer });
  });
  /** The next request: what is asked for each session. */
  const next = async () => {
    for (const deadline = performance.now() + 60_000; requests.length === 0 && performance.now() < deadline; ) await turn();
    const { elements, answer, fail } = requests.shift() ?? assert.fail('waited in vain');
    const asked = elements.map(({ session_id, last_message, qr_data }) => [session_id, last_message, qr_data].filter(Boolean).join(' '));
    return { asked, fences: elements.map(({ fence }) => fence), fail, answer: (rows = elements) => answer(rows) };
  };
  return { boxes, next, requests, told };
}

test('what is dropped before it is sent is not sent', async () => {
  const { boxes: [a], requests } = createOutboxes('a');
  a.add({ last_message: '1' });
  a.drop();
  await a.finish();
  await turn();
  assert.equal(requests.length, 0);
});

test('under a new fence goes only what came under it; what was under way is told with its own', async () => {
  const { boxes: [a], next, told } = createOutboxes('a');
  a.add({ last_message: '1' });
  const first = await next();
  a.add({ qr_data: 'QR' });
  a.writer.fence = 2;
  a.add({ last_message: '2' });
  first.answer();
  const second = await next();
  assert.deepEqual([second.asked, second.fences], [['a 2'], [2]]);
  second.answer();
  await a.finish();
  assert.deepEqual(told, [['a', 'written', 1], ['a', 'written', 2]]);
});

test('of a message and a QR code each is tried alone where both were refused; where a newer value came, with that', async () => {
  const { boxes: [a, b], next, told } = createOutboxes('a', 'b');
  a.add({ last_message: 'bad', qr_data: 'QR' });
  const first = await next();
  a.add({ last_message: 'good' });
  first.fail(refusal);
  const merged = await next();
  assert.deepEqual(merged.asked, ['a good QR']);
  merged.answer();
  await a.finish();
  b.add({ last_message: 'bad', qr_data: 'QR' });
  (await next()).fail(refusal);
  const message = await next();
  assert.deepEqual(message.asked, ['b bad']);
  message.fail(refusal);
  const code = await next();
  assert.deepEqual(code.asked, ['b QR']);
  code.answer();
  await b.finish();
  assert.deepEqual(told, [['a', 'written', 1], ['b', '22023'], ['b', 'written', 1]]);
});

test('halves of a request that came to no end take turns with what is fresh, one request at a time', async () => {
  const { boxes, next, requests } = createOutboxes('a', 'b', 'c');
  const [a, b, c] = boxes;
  a.add({ last_message: '1' });
  b.add({ last_message: '1' });
  const whole = await next();
  assert.deepEqual(whole.asked, ['a 1', 'b 1']);
  c.add({ last_message: '1' });
  b.add({ last_message: '2' });
  whole.fail(late);
  const order = [];
  for (let i = 0; i < 3; i++) {
    const request = await next();
    order.push(request.asked.join());
    await turn();
    assert.equal(requests.length, 0, 'one at a time');
    request.answer();
  }
  assert.deepEqual(order, ['a 1', 'c 1', 'b 2']);
  await Promise.all(boxes.map((box) => box.finish()));
});

test('what no smaller request would help is sent again whole', async () => {
  for (const error of [away, missing]) {
    const { boxes: [a, b], next } = createOutboxes('a', 'b');
    a.add({ last_message: '1' });
    b.add();
    (await next()).fail(error);
    const again = await next();
    assert.deepEqual(again.asked, ['a 1', 'b']);
    again.answer();
  }
});

test('an answer that is not one for each is none', async () => {
  const { boxes: [a], next, told } = createOutboxes('a');
  a.add({ last_message: '1' });
  (await next()).answer([]);
  await a.finish();
  assert.deepEqual(told, [['a', '0 answers to 1 items']]);
});

test('finish makes the last try at once, and rejects with its error', async () => {
  const { boxes: [a], next } = createOutboxes('a');
  a.retryDelay = 1e9;
  a.add({ last_message: '1' });
  (await next()).fail(away);
  await turn();
  const finished = assert.rejects(a.finish(), away);
  (await next()).fail(away);
  await finished;
});
