// needs: api
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY)

const { data: session, error } = await supabase.rpc('bot_session_start', { session_id: 'bot1' })
if (error) throw error
if (session.previous_status === 'active') console.log('recovered, last message:', session.last_message)

await supabase.rpc('bot_session_touch', { session_id: 'bot1', qr_data: '2@kR7vXw...' }).throwOnError()
await supabase.rpc('bot_session_touch', { session_id: 'bot1', last_message: 'hello' }).throwOnError()
await supabase.rpc('bot_session_end', { session_id: 'bot1', reason: 'logged out' }).throwOnError()

// On boot: which bots were running? (PostgREST returns at most db-max-rows rows at once, 1000 on Supabase.)
const { data: running } = await supabase
  .from('bot_sessions').select('session_id').eq('status', 'active').order('session_id').throwOnError()

assert.deepEqual(running, [])
const { data: sessions } = await supabase.from('bot_sessions').select('last_message, qr_data, status').throwOnError()
assert.deepEqual(sessions, [{ last_message: 'hello', qr_data: null, status: 'inactive' }])
const { data: events } = await supabase.from('bot_session_events').select('event').order('event_id').throwOnError()
assert.deepEqual(events.map(({ event }) => event), ['created', 'ended'])
