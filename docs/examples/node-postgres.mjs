import assert from 'node:assert/strict'
import pg from 'pg' // npm install pg

const pool = new pg.Pool() // PGHOST, PGDATABASE, PGUSER, PGPASSWORD
const { rows: [session] } = await pool.query('select * from bot_session_start($1)', ['bot1'])
console.log(session.previous_status ?? 'new')
await pool.query('select from bot_session_touch($1, last_message => $2)', ['bot1', 'hello'])

const { rows } = await pool.query('select session_id, last_message from bot_sessions')
assert.deepEqual(rows, [{ session_id: 'bot1', last_message: 'hello' }])
await pool.end()
