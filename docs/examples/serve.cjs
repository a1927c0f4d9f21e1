// needs: api
'use strict';

const { execFileSync } = require('node:child_process');
const botManager = require('../../examples/node/backend/services/botManager.cjs');

execFileSync('psql', ['-c', `select bot_session_start('bot1')`], { stdio: 'ignore' }); // what a process did before it crashed

async function serve() {
  await botManager.startSession({ session_id: 'bot1' });
  await botManager.endSession({ session_id: 'bot1', reason: 'cancelled by the customer' });
  await botManager.shutdown(); // on SIGTERM
}
serve();
