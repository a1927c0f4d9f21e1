-- An inactive session takes no data; what it has can be loaded and forgotten, without a fence or with the one that ended it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select fence from bot_session_start('bot1', 'w1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}', 1) as changed;
select status from bot_session_end('bot1', fence => 1);
\set VERBOSITY default
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 1);
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"creds": {"creds": "late"}}');
select bot_session_save('bot1', '{}');
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 2);
select bot_session_load('bot1');
select bot_session_load('bot1', fence => 1);
select bot_session_load('bot1', fence => 2);
select bot_session_forget('bot1', 2);
select bot_session_forget('bot1', 1) as deleted;
select bot_session_load('bot1');

-- never leased
select status from bot_session_start('bot2');
select bot_session_save('bot2', '{"creds": {"creds": "2"}}') as changed;
select status from bot_session_end('bot2');
select bot_session_load('bot2', fence => 1);
select bot_session_load('bot2');
select bot_session_forget('bot2') as deleted;
-- inactive by another way than bot_session_end
insert into bot_sessions (session_id, status) values ('bot3', 'inactive');
select bot_session_save('bot3', '{}');
select bot_session_load('bot3');
