-- bot_session_start with a worker: takes the lease, always with a new fence.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select clock_timestamp() as before \gset
select status, previous_status, fence from bot_session_start('bot1', 'w1');
select session_id, worker, fence, expires_at between :'before'::timestamptz + '1 minute' and clock_timestamp() + '1 minute' as a_minute, released_at
from bot_session_leases;
-- the same worker after a restart fences off its former self
select status, previous_status, fence from bot_session_start('bot1', 'w1', ttl => '1 hour');
-- without a worker nobody looks at the lease
select status, previous_status, fence from bot_session_start('bot1');
-- another worker
\set VERBOSITY default
select * from bot_session_start('bot1', 'w2');
\set VERBOSITY sqlstate
select worker, fence, expires_at > clock_timestamp() + '50 minutes' as an_hour from bot_session_leases;
-- but when it has run out
update bot_session_leases set expires_at = clock_timestamp() - interval '1 second';
select previous_status, fence > 3 as newer from bot_session_start('bot1', 'w2');
-- released
select session_id, worker, expires_at from bot_session_release((select jsonb_object_agg(session_id, fence) from bot_session_leases));
select previous_status from bot_session_start('bot1', 'w3');
-- or of a session that has ended
select status from bot_session_end('bot1');
select previous_status from bot_session_start('bot1', 'w4');
select session_id, event, reason from bot_session_events order by event_id;
-- a worker's session that ended, started again by nobody in particular: has no lease
select status from bot_session_end('bot1');
select fence from bot_session_start('bot1');
select worker, expires_at, released_at from bot_session_leases;
select * from bot_session_claim('w5');
