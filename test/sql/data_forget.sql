-- bot_session_forget deletes all of it and says how much; the event has its reason.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A", "b": "B"}}') as changed;
select * from bot_session_forget('bot1', reason => 'customer left') as deleted;
-- there was nothing: no event
select * from bot_session_forget('bot1', reason => 'again') as deleted;
select bot_session_load('bot1');
-- the reason is that call's alone
select bot_session_save('bot1', '{"creds": {"creds": "2"}}') as changed;
select * from bot_session_forget('bot1') as deleted;
select bot_session_save('bot1', '{"creds": {"creds": "3"}}') as changed;
delete from bot_session_data;
select session_id, event, reason from bot_session_events order by event_id;
select status from bot_sessions;
