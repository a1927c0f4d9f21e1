-- The reason goes to the audit trail, with the change that it belongs to.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1'), ('bot2'), ('bot3'), ('bot4');
select session_id, status from bot_session_end('bot1', 'logged out');
select session_id, status from bot_session_end('bot2');
select session_id, status from bot_session_end('bot3', '');
select session_id, status from bot_session_end('bot4', e'it''s "over" \\ \n 終わり');
-- a change of another kind has none
update bot_sessions set status = 'active' where session_id = 'bot1';
update bot_sessions set status = 'inactive' where session_id = 'bot1';
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
