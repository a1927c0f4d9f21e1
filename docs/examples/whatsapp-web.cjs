'use strict';

const assert = require('node:assert/strict');
const timers = require('node:timers/promises');
const { setTimeout: wait } = timers;
timers.setTimeout = (ms, ...rest) => wait(ms / 1000, ...rest); // a second is a millisecond here

// Stands in for whatsapp-web.js: the first browser finds no network, the second is thrown out by another, the third
// is logged out, the fourth never gets so far.
const happened = [];
let tries = 0;
class LocalAuth {}
class Client {
  constructor() { this.on = (event, tell) => { this[event] = tell; }; }
  async initialize() {
    const number = ++tries;
    await wait(20);
    this.browser = number;
    happened.push(`browser ${number}`);
    if (number === 1) throw new Error('no network');
    if (number === 4) return;
    this.qr('a code');
    this.authenticated();
    this.message_create({ body: 'hello' });
    if (number === 3) return this.disconnected('LOGOUT');
    this.disconnected('CONFLICT');
    await this.destroy();
  }
  async destroy() {
    if (this.browser) happened.push(`closed ${this.browser}`);
    this.browser = null;
  }
}

const { setTimeout: sleep } = require('node:timers/promises');

async function startBot({ session_id }, report) {
  const client = new Client({ authStrategy: new LocalAuth({ clientId: session_id }) });
  const stopping = new AbortController();
  let connecting;
  const connect = (delay) => {
    connecting = sleep(delay, null, { signal: stopping.signal })
      .then(() => client.initialize())
      .catch(async (error) => {
        if (stopping.signal.aborted) return;
        console.error(`bot ${session_id}:`, error); // no network, for example
        await client.destroy();
        connect(10_000);
      });
  };
  client.on('qr', (qr) => report.qr(qr));
  client.on('authenticated', () => report.ready()); // it was scanned; the event 'ready' may never come
  client.on('message_create', (message) => report.message(message.body));
  client.on('disconnected', (reason) => {
    if (reason === 'LOGOUT') return report.ended(reason);
    report.connected(false);
    connect(10_000);
  });
  connect(0);
  return {
    async stop() {
      stopping.abort();
      await connecting; // or its browser would come up after this, with nobody to close it
      await client.destroy();
    },
  };
}

// One bot that has to connect three times, and one that is stopped before its browser is up.
(async () => {
  const report = Object.fromEntries(['qr', 'ready', 'message', 'connected', 'ended'].map(
    (name) => [name, (...values) => happened.push([name, ...values].join(' '))]));
  const bot = await new Promise((resolve, reject) => {
    const started = startBot({ session_id: 'bot1' }, {
      ...report,
      ended(reason) {
        report.ended(reason);
        resolve(started);
      },
    });
    started.catch(reject);
  });
  await bot.stop();
  const { stop } = await startBot({ session_id: 'bot2' }, report);
  while (tries < 4) await wait(1);
  await stop();
  assert.deepEqual(happened, ['browser 1', 'closed 1', 'browser 2', 'qr a code', 'ready', 'message hello', 'connected false',
    'closed 2', 'browser 3', 'qr a code', 'ready', 'message hello', 'ended LOGOUT', 'closed 3', 'browser 4', 'closed 4']);
})();
