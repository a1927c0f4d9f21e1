import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

execFileSync('psql', ['-v', 'ON_ERROR_STOP=1', '-f', 'docs/examples/listen.sql'])
const lines = []
console.log = (...words) => lines.push(words.join(' '))

import pg from 'pg'

const client = new pg.Client() // PGHOST, PGDATABASE, PGUSER, PGPASSWORD

client.on('notification', ({ payload }) => {
  const [, operation, id] = /^"bot_sessions",([IUD]),"session_id"='(.*)'$/s.exec(payload)
  console.log({ I: 'created', U: 'changed', D: 'deleted' }[operation], id.replaceAll("''", "'"))
})
client.on('error', () => process.exit(1)) // the connection is gone: start again
await client.connect()
await client.query('listen bot_sessions')
console.log('listening') // what changed before this moment is to be read from the table

const other = new pg.Client()
await other.connect()
for (const change of [
  `select bot_session_start('it''s')`,
  `select bot_session_start('bot1')`,
  `select bot_session_touch('bot1')`, // a heartbeat
  `select bot_session_touch('bot1', qr_data => 'a secret')`,
  `select bot_session_end('it''s')`,
  `delete from bot_sessions where session_id = 'bot1'`,
]) await other.query(change)
const expected = ['listening', "created it's", 'created bot1', 'changed bot1', "changed it's", 'deleted bot1']
for (let tries = 0; lines.length < expected.length && tries < 1000; tries++) await sleep(50)
assert.deepEqual(lines, expected)
await other.end()
await client.end()
