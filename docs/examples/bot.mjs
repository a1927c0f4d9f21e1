// run by: docs/examples/bot-twice.sh
import { createClient } from '@supabase/supabase-js'
const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY)
const call = async (name, args) => (await supabase.rpc(name, args).throwOnError()).data
const session_id = 'bot1'
const session = await call('bot_session_start', { session_id })
console.log(session.previous_status ?? 'new', session.last_message)
let { creds } = await call('bot_session_load', { session_id, keys: { creds: ['login'] } })
if (!creds) {
  await call('bot_session_touch', { session_id, qr_data: '2@kR7vXw...' })
  console.log('scan the QR code')
  creds = { login: 'what your library logs in with' }
  await call('bot_session_save', { session_id, data: { creds } })
  await call('bot_session_touch', { session_id, qr_data: '' }) // it was scanned
}
await call('bot_session_touch', { session_id, last_message: 'hello' })
