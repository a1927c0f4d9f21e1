'use strict';

const { baileysAuthState } = require('botsession');

/**
 * WhatsApp over Baileys. Its login and every key are saved under the session's lease.
 * @type {import('botsession').StartBot}
 */
async function startBot(session, report, store) {
  let socket, timer, stopped = false;
  const baileys = await import('@whiskeysockets/baileys');
  const { state, saveCreds } = await baileysAuthState(store, baileys);

  function connect() {
    socket = baileys.makeWASocket({ auth: state });
    socket.ev.on('creds.update', saveCreds);
    socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (qr) report.qr(qr);
      if (connection === 'open') report.ready();
      if (connection !== 'close' || stopped) return;
      const reason = lastDisconnect?.error?.output?.statusCode;
      if (reason === baileys.DisconnectReason.loggedOut) return report.ended('logged out', { forget: true });
      report.connected(false);
      timer = setTimeout(connect, reason === baileys.DisconnectReason.restartRequired ? 0 : 5000); // 0: it was scanned
    });
    socket.ev.on('messages.upsert', ({ messages }) => {
      const content = messages.at(-1)?.message;
      const text = content?.conversation ?? content?.extendedTextMessage?.text;
      if (text) report.message(text);
    });
  }

  connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await socket.end();
    },
  };
}

module.exports = { startBot };
