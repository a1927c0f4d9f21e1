-- A session_id whose collation takes different bytes for the same: what works by order of the bytes answers as the
-- PL/pgSQL edition does.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select not exists (select from pg_collation where collname = 'und-x-icu') as skip \gset
\if :skip
\echo 'skipped: this server has no ICU'
\quit
\endif

begin;
create collation regress_any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
-- the foreign keys ask for the same collation of both
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey;
alter table bot_session_data drop constraint bot_session_data_session_id_fkey;
alter table bot_sessions alter session_id type text collate regress_any_case;
insert into bot_sessions (session_id) values ('bot1');
select session_id, last_message from bot_session_touch('BOT1', 'hello');
select session_id, last_message from bot_session_touch_many('[{"session_id": "BOT1", "last_message": "bye"}, {"session_id": "bot1"}]');
-- the reason is that of the session, however it was spelled
select session_id, status from bot_session_end('BOT1', 'logout');
select session_id, previous_status from bot_session_start('Bot1');
select session_id, previous_status from bot_session_start('Bot1');
select session_id, event, reason from bot_session_events order by event_id;
rollback;
