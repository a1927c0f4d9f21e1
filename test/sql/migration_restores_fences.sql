-- The sequence of the fences was dropped, or the default that reads it: made anew, past the fences that are held.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
select setval('bot_session_fences', 41) \gset
select fence from bot_session_start('bot1', worker => 'w1');
drop sequence bot_session_fences cascade;
:migration
select fence from bot_session_start('bot1', worker => 'w1');
alter table bot_session_leases alter fence drop default;
:migration
select fence from bot_session_start('bot1', worker => 'w1');
-- a default of one's own stays
alter table bot_session_leases alter fence set default 100 + nextval('bot_session_fences');
:migration
select fence from bot_session_start('bot1', worker => 'w1');
-- nobody holds one
delete from bot_session_leases;
drop sequence bot_session_fences cascade;
:migration
select fence from bot_session_start('bot1', worker => 'w1');
select pg_get_userbyid(relowner) = pg_get_userbyid((select relowner from pg_class where oid = 'bot_sessions'::regclass)) as owned,
  obj_description(oid, 'pg_class') as comment
from pg_class where oid = 'bot_session_fences'::regclass;
rollback;
