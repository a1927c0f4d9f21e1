-- Without the table: 42P01.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
\set VERBOSITY sqlstate
begin;
savepoint start;
drop table bot_session_data;
savepoint dropped;
select bot_session_save('bot1', '{"creds": {"creds": "1"}}');
rollback to dropped;
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": {"creds": "1"}}}]');
rollback to dropped;
select bot_session_load('bot1');
rollback to dropped;
select bot_session_forget('bot1');
rollback to start;
drop table bot_session_leases;
savepoint dropped;
select bot_session_save('bot1', '{"creds": {"creds": "1"}}');
rollback to dropped;
select bot_session_load('bot1');
rollback to dropped;
select bot_session_forget('bot1');
rollback;
select bot_session_load('bot1');
