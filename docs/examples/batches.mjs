// needs: api
import assert from 'node:assert/strict'
import pg from 'pg'

const database = new pg.Client()
await database.connect()
await database.query(`select from bot_session_start('bot1')`)

import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY)

const pending = new Map()
function touch(session_id, changes) {
  pending.set(session_id, { ...pending.get(session_id), session_id, ...changes })
}

async function write(sessions) {
  const { data, error, status } = await supabase.rpc('bot_session_touch_many', { sessions })
  if (!error) {
    for (const { session_id, status } of data) if (status !== 'active') console.log(session_id, 'has ended or is unknown')
  } else if (/^(22|PGRST102)/.test(error.code)) { // one has a value that cannot be stored: write the others
    if (sessions.length === 1) console.log(sessions[0].session_id, error.message)
    else for (const session of sessions) await write([session])
  } else { // put back what nothing newer has replaced, for the next time
    for (const element of sessions) touch(element.session_id, { ...element, ...pending.get(element.session_id) })
  }
}

async function flush() {
  const sessions = [...pending.values()].slice(0, 500) // no more than db-max-rows, 1000 on Supabase
  for (const { session_id } of sessions) pending.delete(session_id)
  if (sessions.length > 0) await write(sessions)
  timer = setTimeout(flush, 1000)
}
let timer = setTimeout(flush, 1000)

// Three for one session, one for a session that is not there; the network fails while another comes in
touch('bot1', { last_message: 'old' })
touch('bot1', { last_message: 'new' })
touch('bot1', { qr_data: 'code' })
touch('gone', { last_message: 'x' })
const { rpc } = supabase
supabase.rpc = async () => { touch('bot1', { qr_data: 'newer' }); return { error: { code: '' }, status: 502 } }
const flushNow = () => { clearTimeout(timer); return flush() }
await flushNow()
supabase.rpc = rpc
touch('bot2', { last_message: 'cannot be stored: \0' })
await flushNow()
await flushNow()
clearTimeout(timer)
const { rows } = await database.query('select last_message, qr_data from bot_sessions')
assert.deepEqual(rows, [{ last_message: 'new', qr_data: 'newer' }])
await database.end()
