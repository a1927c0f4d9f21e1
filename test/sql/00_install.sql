-- The migration on an empty database. All other tests build on what it leaves here.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
-- All of it but the closing report, which has a test of its own.
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
:migration

-- the tables
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attidentity,
  pg_get_expr(d.adbin, d.adrelid) as "default"
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relname in ('bot_sessions', 'bot_session_events', 'bot_session_leases', 'bot_session_data')
order by c.relname collate "C" desc, a.attnum;

-- how a session is stored: room for updates in place, no attempt to compress a QR code
select c.reloptions, a.attstorage
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'qr_data'
where c.oid = 'bot_sessions'::regclass;

-- their keys and indexes
select indexrelid::regclass::text as index, pg_get_indexdef(indexrelid) as definition, indisprimary
from pg_index
where indrelid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass)
order by 1;

-- no CHECK: status is the trigger's; history outlives a session, a lease does not
select conname, pg_get_constraintdef(oid) as definition from pg_constraint
where conrelid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass) and contype in ('c', 'f');

-- the triggers
select tgname, pg_get_triggerdef(oid) as definition, tgenabled
from pg_trigger
where tgrelid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass) and not tgisinternal
order by 1;

-- row level security is on, and not forced
select relname, relrowsecurity, relforcerowsecurity
from pg_class
where relname in ('bot_sessions', 'bot_session_events', 'bot_session_leases', 'bot_session_data')
order by 1;

-- the tables belong to the user, not to the extension
select count(*) from pg_depend
where refclassid = 'pg_extension'::regclass and objid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass);

-- everything public has a comment
select obj_description('bot_sessions'::regclass, 'pg_class') is not null as sessions,
  obj_description('bot_session_events'::regclass, 'pg_class') is not null as events,
  obj_description('bot_session_leases'::regclass, 'pg_class') is not null as leases,
  obj_description('bot_session_data'::regclass, 'pg_class') is not null as data,
  (select bool_and(col_description(attrelid, attnum) is not null)
    from pg_attribute where attrelid = 'bot_sessions'::regclass and attnum > 0) as columns;
