// run by: docs/examples/service.sh
import * as baileys from '@whiskeysockets/baileys'
import { baileysAuthState, createBotManager, createRepository } from 'botsession'

async function startBot(session, report, store) {
  const { state, saveCreds } = await baileysAuthState(store, baileys)
  return keepConnected(report, () => {
    const socket = baileys.makeWASocket({ auth: state })
    socket.ev.on('creds.update', saveCreds)
    return socket
  })
}

function keepConnected(report, connect) {
  let socket, timer, stopped
  const open = () => {
    socket = connect()
    socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (qr) report.qr(qr)
      if (connection === 'open') report.ready()
      if (connection !== 'close' || stopped) return
      const reason = lastDisconnect?.error?.output?.statusCode
      if (reason === baileys.DisconnectReason.loggedOut) return report.ended('logged out', { forget: true })
      report.connected(false)
      timer = setTimeout(open, reason === baileys.DisconnectReason.restartRequired ? 0 : 5000)
    })
    socket.ev.on('messages.upsert', ({ messages }) => {
      const text = messages.at(-1)?.message?.conversation
      if (text) report.message(text)
    })
  }
  open()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      socket.end()
    },
  }
}

const repository = createRepository({ url: process.env.SUPABASE_URL, key: process.env.SUPABASE_SERVICE_ROLE_KEY })
const manager = createBotManager({ repository, startBot })
process.once('SIGTERM', () => manager.shutdown().then(() => process.exit()))
await manager.restoreSessions()
await manager.startSession({ session_id: 'bot1' })
