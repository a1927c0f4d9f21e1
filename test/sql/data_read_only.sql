-- In a read-only transaction all are refused, load too: what is read there may be behind.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}') as changed;
\set VERBOSITY sqlstate
begin read only;
savepoint start;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_save('bot1', '{}');
rollback to start;
select bot_session_save_many('[]');
rollback to start;
select bot_session_save_many('[{"session_id": "bot1", "data": {}}]');
rollback to start;
select bot_session_load('bot1');
rollback to start;
select bot_session_load('bot1', '{}');
rollback to start;
select bot_session_forget('bot1');
rollback to start;
-- arguments first
select bot_session_load('bot1', '[]');
rollback;
select bot_session_load('bot1');
