// run by: docs/examples/service.sh
import { createBotManager, createRepository } from 'botsession'
import { startBot } from './baileys.cjs'

const repository = createRepository({ url: process.env.SUPABASE_URL, key: process.env.SUPABASE_SERVICE_ROLE_KEY })
const manager = createBotManager({ repository, startBot })
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => manager.shutdown().then(() => process.exit()))
await manager.restoreSessions()
await manager.startSession({ session_id: 'bot1' }).catch((error) => console.error(error.message)) // another process has it
