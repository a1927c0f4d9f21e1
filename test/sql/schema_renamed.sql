-- The schema renamed under an open session. The C edition goes on. The functions of the PL/pgSQL edition have the
-- name of their schema in them, and 15 misses the schema where later versions miss the table: hence the alternative files.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status, previous_status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');

begin;
\set VERBOSITY sqlstate
alter schema public rename to regress_schema;
set local search_path = regress_schema;
select status, previous_status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'bye');
select event, reason from bot_session_events order by event_id;
rollback;
select last_message, status, previous_status from bot_session_start('bot1');
select event, reason from bot_session_events order by event_id;
