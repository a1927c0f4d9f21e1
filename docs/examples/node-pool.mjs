import { createRepository } from 'botsession';
import pg from 'pg';

const pool = new pg.Pool({ statement_timeout: 8000 });
const repository = createRepository({ pool });
const events = await repository.history('bot1');
console.log(events.map(({ event }) => event));
await pool.end();

// Once more, with a session to tell of
const again = createRepository({ pool: new pg.Pool({ allowExitOnIdle: true }) });
await again.create({ session_id: 'bot1' });
await again.end('bot1');
console.log((await again.history('bot1')).map(({ event }) => event));
