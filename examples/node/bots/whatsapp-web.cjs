'use strict';

const { mkdtemp, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { remoteAuthStore } = require('botsession');
const { Client, RemoteAuth } = require('whatsapp-web.js');

// At a logout the library rejects in an event handler of its own, which would end the process with all its bots.
process.on('unhandledRejection', (error) => console.error('whatsapp-web.js:', error));

/**
 * WhatsApp over whatsapp-web.js. The browser's profile lies in a folder of its own, and the login in it in the database.
 * @type {import('botsession').StartBot}
 */
async function startBot({ session_id }, report, store) {
  const dataPath = await mkdtemp(join(tmpdir(), 'bot-'));
  const authStrategy = new RemoteAuth({
    clientId: session_id,
    dataPath,
    store: remoteAuthStore(store, { dataPath }),
    backupSyncIntervalMs: 15 * 60_000, // each backup writes the whole profile, 5 to 20 MB
  });
  const client = new Client({
    authStrategy,
    puppeteer: {
      executablePath: process.env.CHROMIUM,
      args: process.env.CHROMIUM_ARGS?.split(' '),
      handleSIGINT: false, // the manager stops the bots, and then the process ends
      handleSIGTERM: false,
      handleSIGHUP: false,
    },
  });
  const close = () => client.destroy().catch(() => {});
  const stopping = new AbortController();
  let connecting;
  let loggedIn = false;

  const connect = (delay) => {
    connecting = sleep(delay, null, { signal: stopping.signal })
      .then(() => client.initialize())
      .catch(async (error) => {
        if (stopping.signal.aborted) return;
        console.error(`${session_id}:`, error); // no network, for example
        report.connected(false);
        await close();
        connect(10_000);
      });
  };
  client.on('qr', (qr) => report.qr(qr));
  client.on('authenticated', () => {
    loggedIn = true;
    report.ready(); // it was scanned; the event 'ready' may never come
  });
  client.on('message_create', ({ body }) => body && report.message(body));
  client.on('disconnected', (reason) => {
    loggedIn = false; // the library deletes the folder's profile
    if (reason === 'LOGOUT') return report.ended('logged out', { forget: true });
    report.connected(false);
    connect(10_000);
  });
  connect(0);

  return {
    async stop() {
      stopping.abort();
      const closing = setInterval(close, 500); // a browser that comes up after this
      await connecting;
      clearInterval(closing);
      await close();
      try {
        if (loggedIn) await authStrategy.storeRemoteSession(); // the library makes no backup when it stops
      } finally {
        await rm(dataPath, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

module.exports = { startBot };
