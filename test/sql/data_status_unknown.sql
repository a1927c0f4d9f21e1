-- A session with another status than active counts as ended: where the maintaining trigger is disabled a table may hold any.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select fence from bot_session_start('bot1', 'w1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}', 1) as changed;
alter table bot_sessions disable trigger zz_bot_sessions_maintain;
update bot_sessions set status = 'closed';
alter table bot_sessions enable trigger zz_bot_sessions_maintain;
select expires_at from bot_session_leases;
\set VERBOSITY default
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 1);
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"creds": {"creds": "late"}}');
select bot_session_load('bot1');
select bot_session_load('bot1', fence => 1);
select bot_session_load('bot1', fence => 2);
select bot_session_forget('bot1', 1) as deleted;
delete from bot_sessions;
