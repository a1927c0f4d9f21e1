-- touch or end of a session that is not there: PT404, and it is not created.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
select * from bot_session_touch('bot2');
select * from bot_session_touch('bot2', 'hello');
select * from bot_session_touch('bot2', qr_data => 'qr-1');
select * from bot_session_end('bot2');
select * from bot_session_end('BOT1', 'why');
select * from bot_session_touch('bot1 ');
select session_id, status from bot_sessions;
select session_id, event from bot_session_events;
