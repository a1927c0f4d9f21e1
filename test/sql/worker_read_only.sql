-- Workers' functions write, also where there would be nothing to write.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

begin read only;
\set VERBOSITY sqlstate
savepoint s;
select * from bot_session_claim('w1');
rollback to s;
select * from bot_session_renew('{}');
rollback to s;
select * from bot_session_release('{}');
rollback to s;
-- but the overview
select count(*) from bot_session_overview();
rollback;
-- no leases table
begin;
drop table bot_session_leases;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY default
select status, fence from bot_session_start('bot1');
select status from bot_session_touch('bot1', 'hello');
select status from bot_session_end('bot1');
\set VERBOSITY sqlstate
select * from bot_session_start('bot1', 'w1');
select * from bot_session_touch('bot1', fence => 1);
select * from bot_session_end('bot1', fence => 1);
select * from bot_session_touch_many('[{"session_id": "bot1", "fence": 1}]');
select * from bot_session_claim('w1');
select * from bot_session_renew('{"bot1": 1}');
select * from bot_session_release('{"bot1": 1}');
select * from bot_session_expire('1 hour');
rollback;
