// run by: docs/examples/replica.sh
import pg from 'pg'

const primary = new pg.Pool({ connectionString: process.env.PRIMARY_URL })
const replica = new pg.Pool({ connectionString: process.env.REPLICA_URL })

await primary.query('select from bot_session_start($1)', ['bot1'])
const { rows } = await replica.query('select session_id, status from bot_sessions order by session_id')
console.log(rows)

const refused = await replica.query('select from bot_session_touch($1)', ['bot1']).catch((error) => error)
console.log(refused.code)
await Promise.all([primary.end(), replica.end()])
