// run by: docs/examples/pgbouncer.sh
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.POOLER_URL, max: 100 }) // postgresql://user@127.0.0.1:6432/mydb

await Promise.all(Array.from({ length: 100 }, (_, i) =>
  pool.query('select status from bot_session_start($1)', [`bot${i}`])))
const { rows } = await pool.query('select last_message from bot_session_touch($1, last_message => $2)', ['bot1', 'hello'])
console.log(rows)
await pool.end()

// Nothing of one call is left in the connection for the next
const others = new pg.Pool({ connectionString: process.env.POOLER_URL, max: 4 })
await Promise.all([0, 1, 2, 3].map((i) => others.query('select bot_session_end($1, $2)', [`bot${i}`, 'a reason'])))
await Promise.all([4, 5, 6, 7].map((i) => others.query('select bot_session_end($1)', [`bot${i}`])))
await others.end()
