-- A lease runs out by the clock, also within a transaction that began before.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

begin;
select fence from bot_session_start('bot1', 'w1', '1 millisecond');
select pg_sleep(0.002) is not null as slept;
select * from bot_session_touch('bot1', 'late', fence => 1);
select * from bot_session_touch('bot1', fence => 1, heartbeat_interval => '1 hour');
select last_message, fence from bot_session_touch_many('[{"session_id": "bot1", "last_message": "late", "fence": 1}]');
select * from bot_session_end('bot1', fence => 1);
select session_id from bot_session_renew('{"bot1": 1}');
select session_id from bot_session_release('{"bot1": 1}');
select state from bot_session_overview();
select fence from bot_session_claim('w2');
select event, reason from bot_session_events order by event_id;
rollback;

-- where the lease is locked to be looked at
begin isolation level repeatable read;
select fence from bot_session_start('bot1', 'w1', '1 millisecond');
select pg_sleep(0.002) is not null as slept;
select * from bot_session_touch('bot1', 'late', fence => 3);
select last_message, fence from bot_session_touch_many('[{"session_id": "bot1", "last_message": "late", "fence": 3}]');
rollback;
