import { connectDatabase, connectRest } from './connection.js';
import { duration } from './output.js';
import { Problem, USAGE, explain, kindOf, roleOf } from './problem.js';
import { version } from '../src/version.js';

/**
 * A finding: [what was looked at, 'good' | 'advice' | 'bad' | 'unknown', what was found, what to do].
 * @typedef {[string, string, string, string?]} Finding
 */

const marks = { good: ['✓', 'green'], advice: ['!', 'yellow'], bad: ['✗', 'red'], unknown: ['–', 'dim'] };
const tables = ['bot_sessions', 'bot_session_events', 'bot_session_leases', 'bot_session_data'];
const needsDatabase = 'could not look: that needs DATABASE_URL';

export async function run({ options, env, timeout, out }) {
  const schema = env.BOTSESSION_SCHEMA || 'public';
  const findings = [];
  const ways = [];
  if (env.DATABASE_URL) ways.push([() => connectDatabase(env.DATABASE_URL, { schema, timeout }), lookAtDatabase]);
  if (env.SUPABASE_URL || env.SUPABASE_SERVICE_ROLE_KEY) {
    ways.push([
      () => connectRest(env.SUPABASE_URL, env.SUPABASE_SERVICE_ROLE_KEY, { schema, timeout }),
      lookThroughRest,
    ]);
  }
  if (ways.length === 0) {
    throw new Problem('neither DATABASE_URL nor SUPABASE_URL is set', {
      exitCode: USAGE,
      advice: 'set one of them: botsession doctor --help',
    });
  }
  for (const [connect, look] of ways) {
    const connection = await connect();
    try {
      for await (const finding of look(connection, { env })) findings.push(finding);
    } finally {
      await connection.close();
    }
  }
  if (!env.DATABASE_URL) {
    for (const name of ['policies', 'triggers', 'HOT updates', 'long transactions'])
      findings.push([name, 'unknown', needsDatabase]);
  }

  if (options.json) {
    out.json(findings.map(([name, state, found, todo]) => ({ name, state, found, todo: todo ?? null })));
  } else {
    const width = Math.max(...findings.map(([name]) => name.length));
    for (const [name, state, found, todo] of findings) {
      const [mark, style] = marks[state];
      out.line(
        `${out.style(style, mark)} ${out.style('bold', name.padEnd(width))}  ${out.style(state === 'unknown' ? 'dim' : null, found)}`,
      );
      if (todo) out.line(`${' '.repeat(width + 4)}${todo}`);
    }
  }
  return findings.some(([, state]) => state === 'bad') ? 1 : 0;
}

/** Does something, and tells how it failed. */
async function attempt(work, connection) {
  try {
    return { value: await work() };
  } catch (error) {
    const { message, advice } = explain(error, connection);
    return { error, kind: kindOf(error), message, advice };
  }
}

async function* lookAtMigration(connection) {
  const { value, message, advice } = await attempt(() => connection.repository.version(), connection);
  if (!value) return yield ['migration', 'bad', message, advice];
  const found = `${value.edition === 'c' ? 'C' : 'PL/pgSQL'} edition, version ${value.version}`;
  if (value.version === version) yield ['migration', 'good', found];
  else
    yield [
      'migration',
      'bad',
      `${found}; this package is of version ${version}`,
      'run the migration of this package: botsession migrate',
    ];
}

async function* lookThroughRest(connection, { env }) {
  const { looks } = connection;
  const role = roleOf(env.SUPABASE_SERVICE_ROLE_KEY);
  const began = performance.now();
  const reached = await attempt(() => looks.get('bot_sessions', { select: 'session_id', limit: '0' }), connection);
  if (['noAnswer', 'refusedKey'].includes(reached.kind))
    return yield ['PostgREST', 'bad', reached.message, reached.advice];
  yield ['PostgREST', 'good', `${connection.place}, ${Math.round(performance.now() - began)} ms`];
  if (role === 'service_role') yield ['key', 'good', 'the service key'];
  else if (role !== undefined)
    yield ['key', 'bad', `a key for the role ${role}`, 'SUPABASE_SERVICE_ROLE_KEY has to be the service key'];
  else yield ['key', 'unknown', 'could not tell whose key it is'];
  for await (const finding of lookAtMigration(connection)) {
    if (finding[1] === 'bad' && env.DATABASE_URL) {
      finding[0] = 'schema cache';
      finding[3] =
        "where the database has the functions, PostgREST has not seen them yet: notify pgrst, 'reload schema'";
    }
    yield finding;
  }

  const missing = [];
  for (const table of tables) {
    const { error, kind } = await attempt(() => looks.get(table, { select: 'session_id', limit: '0' }), connection);
    if (error) missing.push([kind, `read ${table}`]);
  }
  // An empty batch: it needs the right to call, and does nothing.
  const call = await attempt(() => looks.get('rpc/bot_session_touch_many', {}, { post: { sessions: [] } }), connection);
  if (call.error) missing.push([call.kind, 'call the functions']);
  const refused = missing.filter(([kind]) => kind === 'noRights').map(([, what]) => what);
  if (refused.length > 0)
    yield [
      'rights',
      'bad',
      `may not ${refused.join(', ')}`,
      'this may not be the service key; botsession migrate grants it what it needs',
    ];
  else if (missing.length > 0)
    yield [
      'rights',
      'bad',
      `cannot ${missing.map(([, what]) => what).join(', ')}`,
      'run the migration: botsession migrate',
    ];
  else yield ['rights', 'good', 'may read the tables and call the functions'];
}

async function* lookAtDatabase(connection) {
  const { looks } = connection;
  const began = performance.now();
  const reached = await attempt(
    () =>
      looks.query(
        "select current_setting('server_version') as version, pg_is_in_recovery() as standby, current_user as name",
      ),
    connection,
  );
  if (reached.error) return yield ['database', 'bad', reached.message, reached.advice];
  const [{ version: server, standby, name }] = reached.value;
  const took = Math.round(performance.now() - began);
  const place = `${connection.place}, PostgreSQL ${server.split(' ')[0]}, user ${name}, ${took} ms`;
  if (standby) yield ['database', 'bad', `${place}: a standby, which takes no write`, 'connect to the primary'];
  else yield ['database', 'good', place];

  let migrated = true;
  for await (const finding of lookAtMigration(connection)) {
    migrated &&= finding[1] === 'good';
    yield finding;
  }
  if (!migrated) return;
  for (const look of [rights, triggers, visitors, publications, hotUpdates, longTransactions]) {
    const { value, error } = await attempt(() => look(looks), connection);
    yield error ? [look.title, 'unknown', `could not look: ${error.message}`] : value;
  }
}

async function rights(looks) {
  const rows = await looks.query(
    `select 'call ' || p.proname as what from pg_proc p
     where p.pronamespace = $1::regnamespace and p.proname ~ '^bot_session_' and p.prorettype <> 'trigger'::regtype
       and not has_function_privilege(p.oid, 'execute')
     union all
     select 'read ' || c.relname from pg_class c
     where c.relnamespace = $1::regnamespace and c.relname = any ($2) and not has_table_privilege(c.oid, 'select')`,
    [looks.schema, tables],
  );
  if (rows.length === 0) return ['rights', 'good', 'may read the tables and call the functions'];
  return [
    'rights',
    'bad',
    `may not ${rows.map(({ what }) => what).join(', ')}`,
    'connect as the owner of the tables, or grant what is missing',
  ];
}
rights.title = 'rights';

async function triggers(looks) {
  const rows = await looks.query(
    `select p.proname as function, t.tgname as trigger, t.tgenabled as enabled
     from pg_proc p left join pg_trigger t on t.tgfoid = p.oid
     where p.pronamespace = $1::regnamespace and p.proname ~ '^bot_session_' and p.prorettype = 'trigger'::regtype`,
    [looks.schema],
  );
  const missing = rows.filter(({ trigger }) => trigger === null).map(({ function: name }) => name);
  const disabled = rows.filter(({ enabled }) => enabled === 'D').map(({ trigger }) => trigger);
  if (missing.length > 0)
    return [
      'triggers',
      'bad',
      `none calls ${missing.join(', ')}`,
      'run the migration again: botsession migrate --apply',
    ];
  if (disabled.length > 0)
    return [
      'triggers',
      'advice',
      `disabled: ${disabled.join(', ')}`,
      'alter table … enable trigger …, unless you disabled it on purpose',
    ];
  return ['triggers', 'good', 'all there and enabled'];
}
triggers.title = 'triggers';

async function visitors(looks) {
  const rows = await looks.query(
    `select c.relname as table, c.relrowsecurity as secured, r.rolname as role,
       (select count(*)::int from pg_policy p
        where p.polrelid = c.oid and (p.polroles = '{0}' or r.oid = any (p.polroles))) as policies
     from pg_class c cross join pg_roles r
     where c.relnamespace = $1::regnamespace and c.relname = any ($2) and r.rolname in ('anon', 'authenticated')
       and (has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')
         or has_any_column_privilege(r.oid, c.oid, 'select, insert, update'))
     order by 1, 3`,
    [looks.schema, tables],
  );
  const open = rows.filter(({ secured }) => !secured).map(({ role, table }) => `${role} ${table}`);
  if (open.length > 0) {
    return [
      'policies',
      'bad',
      `without row level security, open to ${open.join(', ')}`,
      'alter table … enable row level security; revoke all on … from anon, authenticated',
    ];
  }
  const readers = rows.filter(({ policies }) => policies > 0).map(({ role, table }) => `${role} ${table}`);
  if (readers.some((reader) => reader.startsWith('anon '))) {
    return [
      'policies',
      'bad',
      `visitors who are not logged in may see rows: ${readers.join(', ')}`,
      'a row holds a QR code, which is a login: drop the policy',
    ];
  }
  if (readers.length > 0)
    return [
      'policies',
      'advice',
      `your policies let in: ${readers.join(', ')}`,
      'see that they show each user only their own rows',
    ];
  return ['policies', 'good', 'nobody but service_role and the owner sees rows'];
}
visitors.title = 'policies';

async function publications(looks) {
  const rows = await looks.query(
    `select distinct tablename, pubname from pg_publication_tables
     where schemaname = $1 and tablename = any ($2) order by 1`,
    [looks.schema, tables],
  );
  const secret = rows.filter(({ pubname }) => pubname === 'supabase_realtime');
  if (secret.length === 0) return ['publications', 'good', 'no table is sent to browsers'];
  return [
    'publications',
    'advice',
    `supabase_realtime sends ${secret.map(({ tablename }) => tablename).join(', ')}`,
    'row level security does not apply to deletes there',
  ];
}
publications.title = 'publications';

async function hotUpdates(looks) {
  const [row] = await looks.query(
    `select n_tup_upd::float8 as updates, n_tup_hot_upd::float8 as hot from pg_stat_user_tables
     where schemaname = $1 and relname = 'bot_sessions'`,
    [looks.schema],
  );
  if (!row || row.updates < 1000) return ['HOT updates', 'good', 'too few updates yet to tell'];
  const share = row.hot / row.updates;
  const found = `${Math.round(100 * share)} % of ${Math.round(row.updates)} updates`;
  if (share >= 0.5) return ['HOT updates', 'good', found];
  return [
    'HOT updates',
    'advice',
    found,
    'an index on a column that every message changes, such as updated_at, or long transactions stand in the way',
  ];
}
hotUpdates.title = 'HOT updates';

async function longTransactions(looks) {
  const [{ hidden, count, seconds }] = await looks.query(
    `select count(*) filter (where xact_start is null and query = '<insufficient privilege>')::int as hidden,
       count(*) filter (where xact_start < now() - interval '5 minutes')::int as count,
       extract(epoch from max(now() - xact_start))::float8 as seconds
     from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  if (count > 0) {
    return [
      'long transactions',
      'advice',
      `${count} for more than 5 minutes, the oldest for ${duration(seconds * 1000)}`,
      'dead row versions pile up until they end: see pg_stat_activity',
    ];
  }
  if (hidden > 0)
    return ['long transactions', 'unknown', `could not look at ${hidden} connections: grant pg_monitor to this user`];
  return ['long transactions', 'good', 'none for more than 5 minutes'];
}
longTransactions.title = 'long transactions';
