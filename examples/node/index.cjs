'use strict';

// node index.cjs [SESSION_ID...]   restores all sessions that nobody runs, starts those named, runs until SIGTERM or SIGINT

const botManager = require('./backend/services/botManager.cjs');

async function boot() {
  const { restored, failed } = await botManager.restoreSessions();
  console.log(`${restored.length} sessions restored, ${failed.length} failed`);
  for (const session_id of process.argv.slice(2)) {
    botManager.startSession({ session_id }).catch((error) => console.error(`${session_id}: ${error.message}`));
  }
}

const fail = (error) => process.exit(console.error(error) ?? 1);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => botManager.shutdown().then(() => process.exit(), fail));
}
boot().catch(fail);
