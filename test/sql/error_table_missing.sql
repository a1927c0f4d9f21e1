-- No table bot_sessions in the functions' schema: 42P01 with a hint, whatever else is called so.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases restart identity;
\set ON_ERROR_ROLLBACK on

-- plans that are kept from before do not matter
select session_id from bot_session_start('bot1');
begin;
alter table bot_sessions rename to regress_hidden;
create temp table bot_sessions (like regress_hidden);
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
select * from bot_session_end('bot1');
select * from bot_session_touch_many('[]');
select * from bot_session_expire('1 hour');
select count(*) from pg_temp.bot_sessions;
rollback;
select session_id, previous_status from bot_session_start('bot1');
