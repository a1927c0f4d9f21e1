-- No audit trail, no change: 42P01.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
\set ON_ERROR_ROLLBACK on

select session_id from bot_session_start('bot1');
begin;
\set VERBOSITY sqlstate
alter table bot_session_events rename to regress_hidden;
select * from bot_session_end('bot1');
select * from bot_session_start('bot2');
select * from bot_session_start('bot1', worker => 'w1');
insert into bot_session_leases values ('bot1', 'w1', 1, now());
-- what is not audited goes on
select session_id, last_message from bot_session_touch('bot1', 'hello');
rollback;
