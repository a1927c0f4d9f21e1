-- A trigger that was dropped is there again, and one that is there is not doubled.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop trigger zz_bot_sessions_maintain on bot_sessions;
alter table bot_session_events disable row level security;
:migration
select tgname from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
select relname, relrowsecurity from pg_class where relname in ('bot_sessions', 'bot_session_events') order by relname;
rollback;
