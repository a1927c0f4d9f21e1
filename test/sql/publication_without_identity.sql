-- A table that publishes updates, and has nothing to tell its rows by, takes none.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
begin;
alter table bot_sessions replica identity nothing;
-- which warns where wal_level is too low
set local client_min_messages = error;
create publication regress_publication for table bot_sessions;
reset client_min_messages;
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
select last_message from bot_session_touch('bot1', 'hello');
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}]');
-- an insert needs none
select status from bot_session_start('bot2');
alter table bot_sessions replica identity default;
select last_message from bot_session_touch('bot1', 'hello');
rollback;
