-- A table of the right shape that was there before: rows kept, defaults and NOT NULL added.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_events, bot_session_leases, bot_session_data;
-- as people made it before, with times of their own
create table bot_sessions (
  session_id text primary key, created_at timestamptz, last_message text,
  status text check (status in ('active', 'inactive')), qr_data text, updated_at timestamptz default clock_timestamp()
);
insert into bot_sessions values ('bot1', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-02'),
  ('bot2', '2024-01-01', 'bye', 'inactive', null, '2024-01-03');
:migration
select session_id, created_at = '2024-01-01' as kept, last_message, status, qr_data, updated_at < '2024-01-04' as kept
from bot_sessions order by session_id;
select attname, attnotnull, pg_get_expr(adbin, adrelid) as "default"
from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attrelid = 'bot_sessions'::regclass and attnum > 0 order by attnum;
select relrowsecurity from pg_class where oid = 'bot_sessions'::regclass;
select last_message, status, qr_data, previous_status from bot_session_start('bot1');
select last_message, status, previous_status from bot_session_start('bot2');
select status, previous_status from bot_session_start('bot3');
select session_id, event from bot_session_events order by event_id;
rollback;
