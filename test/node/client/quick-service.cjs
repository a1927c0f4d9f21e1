'use strict';

// The service of examples/node with options of the test.

const { createBotManager, createRepository } = require('botsession');
const { startBot } = require(process.env.BOT_MODULE);

const { SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, MANAGER_OPTIONS } = process.env;
const repository = createRepository({ url: SUPABASE_URL, key: SUPABASE_SERVICE_ROLE_KEY });
const botManager = createBotManager({ repository, startBot, ...JSON.parse(MANAGER_OPTIONS) });

botManager.restoreSessions().then(async ({ restored, failed }) => {
  console.log(`${restored.length} sessions restored, ${failed.length} failed`);
  for (const session_id of process.argv.slice(2)) await botManager.startSession({ session_id });
});
process.once('SIGTERM', () => botManager.shutdown().then(() => process.exit()));
