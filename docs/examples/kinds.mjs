// needs: api
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const psql = (...args) => execFileSync('psql', ['-X', '-At', '-v', 'ON_ERROR_STOP=1', ...args], { encoding: 'utf8' }).trim()
psql('-f', 'docs/examples/kinds.sql', '-c', `notify pgrst, 'reload schema'`)
for (let tries = 0; tries < 600; tries++) { // until PostgREST knows the column
  const answer = await fetch(`${process.env.SUPABASE_URL}/rest/v1/`,
    { headers: { authorization: `Bearer ${process.env.SUPABASE_SERVICE_ROLE_KEY}` } })
  if ((await answer.json()).definitions?.bot_sessions?.properties.kind) break
  await sleep(100)
}

import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY)

await supabase.from('bot_sessions').upsert({ session_id: 'news', kind: 'telegram' }).throwOnError()
await supabase.rpc('bot_session_start', { session_id: 'news' }).throwOnError()
await supabase.rpc('bot_session_save', { session_id: 'news', data: { creds: { creds: '110201543:AAHdqTcv' } } }).throwOnError()

// All that is needed to bring the Telegram bots up again
const { data: bots } = await supabase.from('bot_sessions')
  .select('session_id, last_message, bot_session_data(value)')
  .eq('kind', 'telegram').eq('status', 'active').throwOnError()
console.log(bots.map((bot) => bot.session_id))

assert.deepEqual(bots[0].bot_session_data, [{ value: '110201543:AAHdqTcv' }])
assert.equal(psql('-c', 'select s.kind, status, value from bot_sessions s left join bot_session_data using (session_id)'),
  'telegram|active|110201543:AAHdqTcv')
assert.throws(() => psql('-c', 'set role authenticated', '-c', 'select value from bot_session_data'), /permission denied/)
assert.throws(() => psql('-c', `insert into bot_sessions (session_id, kind) values ('x', 'fax')`), /invalid input value for enum/)
psql('-c', 'delete from bot_sessions')
assert.equal(psql('-c', 'select from bot_session_data'), '')
