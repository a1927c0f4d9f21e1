'use strict';

// examples/node/bots/grammy.cjs in the service of examples/node, with grammY itself. Telegram is a Bot API server of ours.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../harness.cjs');
const { startBots } = require('./bots.cjs');
const { copyExample } = require('./example.cjs');

const token = '7:token';
let supabase, stored, untilStored, events, startService, reset, stop, dir, script, telegram;
before(async () => {
  ({ supabase, stored, untilStored, events, startService, reset, stop } = await startBots());
  dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  script = copyExample(join(dir, 'service'), '../../bots/grammy.cjs');
  telegram = await startTelegram();
});
after(async () => {
  telegram?.stop();
  if (dir) rmSync(dir, { recursive: true });
  await stop?.();
});
afterEach(async () => {
  await reset();
  telegram.reset();
});

/** One chat with one bot. What was said is an update until the bot has asked for those that come after it. */
async function startTelegram() {
  const state = {};
  const reset = () => Object.assign(state, { said: [], answers: [], confirmed: 0, polls: 0, fault: null, hold: null });
  reset();
  let woken = [];
  let last = 0;
  const me = { id: 7, is_bot: true, first_name: 'bot', username: 'bot' };
  const methods = {
    getMe: () => me,
    deleteWebhook: () => true,
    async getUpdates({ offset, timeout }, connection) {
      state.polls++;
      if (offset > 1) {
        state.confirmed = Math.max(state.confirmed, offset - 1);
        state.said = state.said.filter(({ update_id }) => update_id >= offset);
      }
      if (state.said.length === 0 && timeout) {
        const closed = once(connection, 'close');
        await Promise.race([new Promise((wake) => woken.push(wake)), closed]);
      }
      return state.said;
    },
    async sendMessage({ chat_id, text }) {
      state.answers.push(text);
      await state.hold;
      return { message_id: 1, date: 0, text, chat: { id: chat_id, type: 'private', first_name: 'a' } };
    },
  };
  const server = createServer(async (request, response) => {
    const [, given, method] = /^\/bot([^/]*)\/(\w+)$/.exec(request.url);
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = (error_code, more) => response.writeHead(error_code, { 'Content-Type': 'application/json' }).end(JSON.stringify(more));
    if (state.fault?.(request)) return;
    const refused = given === token ? state.refused : [401, 'Unauthorized'];
    if (refused) return answer(refused[0], { ok: false, error_code: refused[0], description: refused[1] });
    const result = await methods[method](JSON.parse(body || '{}'), request.socket);
    answer(200, { ok: true, result });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wake = () => woken.splice(0).forEach((one) => one());
  return Object.assign(state, {
    url: `http://127.0.0.1:${server.address().port}`,
    say(text) {
      const update_id = ++last;
      const chat = { id: 5, type: 'private', first_name: 'a' };
      state.said.push({ update_id, message: { message_id: update_id, date: 0, text, chat, from: { id: 5, is_bot: false, first_name: 'a' } } });
      wake();
      return update_id;
    },
    /** From now on each request is answered by an error, also those that wait. */
    refuse(...error) {
      state.refused = error.length > 0 ? error : null;
      server.closeAllConnections();
    },
    reset() {
      reset();
      state.refused = null;
      server.closeAllConnections();
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

const start = (env) => startService(['bot1'], { script, TELEGRAM_API: telegram.url, ...env });
const answered = (...texts) => until(`the answers ${texts}`, () => telegram.answers.join() === texts.join());
const data = async () =>
  (await supabase.sql('select kind, key, value from public.bot_session_data order by 1, 2')).map(Object.values);
const stopped = async ({ child, exited, output }) => {
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null], output());
};

test('it answers, and a new process goes on with the token and the chats of the database', async () => {
  const first = start({ TELEGRAM_TOKEN: token });
  telegram.say('hello');
  telegram.say('again');
  await answered('Message 1 of this chat', 'Message 2 of this chat');
  await untilStored('bot1', { last_message: 'again', status: 'active' });
  await stopped(first);
  assert.deepEqual(await data(), [['chat', '5', '{"seen":2}'], ['creds', 'token', token]]);

  const second = start();
  const last = telegram.say('third');
  await answered('Message 1 of this chat', 'Message 2 of this chat', 'Message 3 of this chat');
  await untilStored('bot1', { last_message: 'third' });
  await stopped(second);
  assert.equal(telegram.confirmed, last, 'Telegram sends none of them again');
  assert.deepEqual((await events('bot1')).map(([event]) => event), ['created', 'claimed', 'released', 'claimed', 'released']);
});

test('killed, it goes on when its lease has run out', async () => {
  const first = start({ TELEGRAM_TOKEN: token });
  telegram.say('hello');
  await untilStored('bot1', { last_message: 'hello' });
  await until('the chat to be stored', async () => (await data()).length === 2);
  first.child.kill('SIGKILL');
  await first.exited;
  await supabase.sql(`update public.bot_session_leases set expires_at = clock_timestamp() - interval '1 second'`);
  start();
  telegram.say('after the crash');
  await untilStored('bot1', { last_message: 'after the crash' });
  assert.equal(telegram.answers.at(-1), `Message ${telegram.answers.length} of this chat`);
});

test('told to stop, it finishes the message that it is answering', async () => {
  let release;
  telegram.hold = new Promise((resolve) => (release = resolve));
  const service = start({ TELEGRAM_TOKEN: token });
  const update = telegram.say('hello');
  await answered('Message 1 of this chat');
  service.child.kill('SIGTERM');
  await until('its last request for updates', () => telegram.confirmed === update);
  await Promise.race([service.exited, sleep(300)]);
  assert.equal(service.child.exitCode, null);
  release();
  assert.deepEqual(await service.exited, [0, null], service.output());
  assert.deepEqual((await data())[0], ['chat', '5', '{"seen":1}']);
});

test('told to stop while Telegram cannot be reached, it stops', async () => {
  telegram.fault = ({ socket }) => socket.destroy();
  const service = start({ TELEGRAM_TOKEN: token });
  await untilStored('bot1', { status: 'active' });
  await until('its data', async () => (await data()).length === 1);
  await stopped(service);
});

test('another program has the token for a while: it connects again', async () => {
  const service = start({ TELEGRAM_TOKEN: token });
  telegram.say('hello');
  await answered('Message 1 of this chat');
  telegram.refuse(409, 'Conflict: terminated by other getUpdates request');
  await until('it to say so', () => service.output().includes('bot1: Call to \'getUpdates\' failed! (409: Conflict'));
  telegram.refuse();
  telegram.say('again');
  await answered('Message 1 of this chat', 'Message 2 of this chat');
});

test('its token is revoked: the session is ended, and forgets it', async () => {
  const service = start({ TELEGRAM_TOKEN: token });
  telegram.say('hello');
  await answered('Message 1 of this chat');
  telegram.refuse(401, 'Unauthorized');
  await untilStored('bot1', { status: 'inactive' });
  assert.deepEqual(await data(), []);
  assert.deepEqual((await events('bot1')).slice(-3), [
    ['ended', 'the token was revoked'], ['released', (await events('bot1'))[1][1]], ['forgotten', 'the token was revoked'],
  ]);
  await stopped(service);
});

test('without a token it says so, and tries again', async () => {
  const service = start();
  await until('it to say so', () => service.output().includes('there is no token: set TELEGRAM_TOKEN'));
  assert.equal((await stored('bot1')).status, 'active');
});
