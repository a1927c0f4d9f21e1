// needs: api
import { createBotManager, createRepository } from 'botsession';

const repository = createRepository({ url: process.env.SUPABASE_URL, key: process.env.SUPABASE_SERVICE_ROLE_KEY });
const manager = createBotManager({
  repository,
  async startBot({ session_id }, report, store) {
    const { creds } = await store.load({ creds: ['creds'] });
    if (!creds) await store.save({ creds: { creds: 'what the bot logs in with' } });
    report.message(`hello from ${session_id}`);
    return { async stop() {} };
  },
});

await manager.restoreSessions();
await manager.startSession({ session_id: 'bot1' });
await manager.shutdown();
console.log(await repository.list());
