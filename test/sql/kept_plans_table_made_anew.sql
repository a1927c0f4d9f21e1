-- The table dropped, and made anew by the migration, under an open session; and the edition changed under it.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

prepare start as select status, previous_status from bot_session_start('bot1');
prepare touch as select last_message from bot_session_touch('bot1', 'hello');
execute start;
execute touch;
begin;
drop table bot_sessions cascade;
:migration
execute start;
execute touch;
drop table bot_sessions, bot_session_events, bot_session_leases, bot_session_data;
:migration
execute start;
execute touch;
set local botsession.edition = 'plpgsql';
:migration
execute start;
execute touch;
set local botsession.edition = 'c';
:migration
execute start;
execute touch;
set local botsession.edition = 'plpgsql';
:migration
set local botsession.edition = 'c';
:migration
execute start;
select event from bot_session_events order by event_id;
rollback;
execute start;
