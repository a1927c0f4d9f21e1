'use strict';

// node index.cjs [SESSION_ID...]   restores all active sessions, starts those named, and runs until SIGTERM or SIGINT
//
// With LEASE_SECONDS set, several of these share the bots: see README.md.

const { randomBytes } = require('node:crypto');
const os = require('node:os');
const path = require('node:path');
const { createClient } = require('@supabase/supabase-js');
const { createBotManager } = require('./botManager.cjs');
const { createBotSessionsRepository } = require('./botSessionsRepository.cjs');

const { SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, BOT_MODULE = './bot.cjs' } = process.env;
const { LEASE_SECONDS, CLAIM_SECONDS = '5' } = process.env;
const { startBot } = require(path.resolve(__dirname, BOT_MODULE));

const supabase = createClient(SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, {
  auth: { persistSession: false, autoRefreshToken: false },
});
const worker = LEASE_SECONDS && {
  // A name of its own for each run: what an earlier one left behind is not taken for ours.
  worker: `${os.hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
  ttl: LEASE_SECONDS * 1000,
  claimInterval: CLAIM_SECONDS * 1000,
};
const botManager = createBotManager({ repository: createBotSessionsRepository(supabase), startBot, ...worker });

function fail(error) {
  console.error(error);
  process.exit(1);
}

async function boot() {
  const { restored, failed } = await botManager.restoreSessions();
  console.log(`${restored.length} sessions restored, ${failed.length} failed`);
  for (const session_id of process.argv.slice(2)) {
    await botManager.startSession({ session_id }).catch((error) => {
      console.error(`bot ${session_id}:`, error.conflict ? 'another worker runs it' : error);
    });
  }
}

async function stop() {
  setTimeout(() => fail(new Error('some bots did not stop')), 20_000).unref();
  await botManager.shutdown();
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().catch(fail));
boot().catch(fail);
