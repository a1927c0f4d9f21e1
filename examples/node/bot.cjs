'use strict';

/**
 * Stands in for your bot library: shows a QR code that is "scanned" after a moment, then receives a message every
 * few seconds.
 * @type {import('botsession').StartBot}
 */
async function startBot({ session_id, last_message, previous_status }, report) {
  console.log(`${session_id}: started (was ${previous_status ?? 'not there'}, last message: ${last_message})`);
  report.qr(`qr-${Date.now()}`);
  const scanned = setTimeout(() => report.ready(), 2000);
  const messages = setInterval(() => report.message(`hello at ${new Date().toISOString()}`), 3000);
  return {
    stop() {
      clearTimeout(scanned);
      clearInterval(messages);
      console.log(`${session_id}: stopped`);
    },
  };
}

module.exports = { startBot };
