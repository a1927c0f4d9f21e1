-- DROP EXTENSION is refused while the triggers exist, and with CASCADE keeps all data.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'hello', 'qr-1');

begin;
set local botsession.edition = 'c';
:migration
drop extension botsession;
set local client_min_messages = warning;
drop extension botsession cascade;
select session_id, last_message, status, qr_data from bot_sessions;
select event from bot_session_events;
select count(*) as triggers from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal;
select count(*) as functions from pg_proc where proname like 'bot\_session%';
:migration
select last_message, qr_data, previous_status from bot_session_start('bot1');
rollback;
