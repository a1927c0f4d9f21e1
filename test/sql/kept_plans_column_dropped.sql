-- A column of ours that is gone is an error of every call, and not taken for the argument of that name.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');
begin;
alter table bot_sessions drop column last_message;
savepoint dropped;
select bot_session_touch('bot1');
rollback to dropped;
select bot_session_touch('bot1', 'hello');
rollback to dropped;
select bot_session_start('bot1');
rollback to dropped;
select bot_session_end('bot1');
rollback;
-- and of a direct write, where it is one that the triggers keep
begin;
alter table bot_sessions drop column qr_data;
update bot_sessions set status = 'inactive';
rollback;
select last_message from bot_session_touch('bot1');
