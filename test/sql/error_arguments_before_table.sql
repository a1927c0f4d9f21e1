-- Arguments are refused for what they are, also where the table is missing.
\set VERBOSITY sqlstate
begin;
\set ON_ERROR_ROLLBACK on
alter table bot_sessions rename to bot_sessions_away;
select bot_session_start(null);
select bot_session_start('');
select bot_session_start('bot1', '');
select bot_session_start('bot1', 'w1', '0');
select bot_session_end(null);
select bot_session_end('');
select bot_session_touch(null);
select bot_session_touch('bot1', heartbeat_interval => '0');
rollback;
