-- Several errors at once: arguments, then the session, then the fence, then inactive.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset
select status from bot_session_start('bot2');
select status from bot_session_end('bot2');
\set VERBOSITY sqlstate
select bot_session_save('unknown', '[]', 1);
select bot_session_save('unknown', '{}', 1);
select bot_session_load('unknown', '[]', 1);
select bot_session_load('unknown', '{}', 1);
select bot_session_forget('unknown', 1);
\set VERBOSITY default
select bot_session_save('unknown', '{}');
-- a worker's, and no fence or another
select bot_session_save('bot1', '{}');
select bot_session_load('bot1');
select bot_session_forget('bot1', 0);
select bot_session_load('bot1', fence => :fence);
-- ended: a fence that did not end it comes first
select bot_session_save('bot2', '{}', 1);
select bot_session_save('bot2', '{}');
