-- A fence that is not the live lease's: nothing is written, by touch, end or batch.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select fence from bot_session_start('bot1', 'w1');
select last_message, fence from bot_session_touch('bot1', 'one', fence => 1);
select fence from bot_session_start('bot1', 'w1');
\set VERBOSITY default
select * from bot_session_touch('bot1', 'stale', fence => 1);
\set VERBOSITY sqlstate
select * from bot_session_touch('bot1', 'stale', 'stale', fence => 1);
select * from bot_session_touch('bot1', fence => 1);
select * from bot_session_touch('bot1', fence => 1, heartbeat_interval => '1 hour');
select * from bot_session_touch('bot1', fence => 3);
select * from bot_session_touch('bot1', fence => -1);
select * from bot_session_end('bot1', fence => 1);
select * from bot_session_touch('unknown', fence => 2);
select last_message, status from bot_sessions;
-- within the interval, and held
select last_message, fence from bot_session_touch('bot1', fence => 2, heartbeat_interval => '1 hour');
-- without a fence as ever
select last_message, fence from bot_session_touch('bot1', 'two');
-- run out, though nobody took it
update bot_session_leases set expires_at = clock_timestamp();
select * from bot_session_touch('bot1', 'stale', fence => 2);
select * from bot_session_end('bot1', fence => 2);
-- prolonged by hand
update bot_session_leases set expires_at = clock_timestamp() + '1 minute';
select last_message, qr_data, fence from bot_session_touch('bot1', qr_data => 'qr', fence => 2);
-- ended, and once more with the fence that ended it, but with no other
select status, fence from bot_session_end('bot1', 'logout', 2);
select status, previous_status, fence from bot_session_end('bot1', 'logout', 2);
select * from bot_session_end('bot1', 'logout', 1);
select * from bot_session_touch('bot1', 'late', fence => 2);
select * from bot_session_touch('bot1', fence => 2, heartbeat_interval => '1 hour');
-- never leased
select fence from bot_session_start('bot2');
select * from bot_session_touch('bot2', 'stale', fence => 1);
select * from bot_session_end('bot2', fence => 1);
select session_id, last_message, status, qr_data from bot_sessions order by session_id;
select session_id, event, reason from bot_session_events order by event_id;
