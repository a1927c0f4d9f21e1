-- bot_session_claim: active sessions whose lease ran out or was released, the longest abandoned first.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select count(fence) from generate_series(1, 9) n, bot_session_start('bot' || n, 'w1');
select status from bot_session_start('alone');
-- nothing is abandoned yet
select * from bot_session_claim('w2');
update bot_session_leases set expires_at = clock_timestamp() - fence * interval '1 second' where fence <= 6;
-- released before these, as it were
select session_id, worker, fence, expires_at from bot_session_release('{"bot9": 9, "bot8": 1, "unknown": 1}');
update bot_session_leases set released_at = clock_timestamp() - interval '1 hour' where session_id = 'bot9';
-- ended: is nobody's to take
select status from bot_session_end('bot5');
select session_id, worker, fence, expires_at > clock_timestamp() + '9 minutes' as live from bot_session_claim('w2', 3, '10 minutes');
select clock_timestamp() as before \gset
select session_id, worker, fence, expires_at between :'before'::timestamptz + '1 minute' and clock_timestamp() + '1 minute' as a_minute
from bot_session_claim('w3');
select * from bot_session_claim('w4');
-- the one that lost it writes nothing more
select last_message, fence from bot_session_touch('bot6', 'new owner', fence => (select fence from bot_session_leases where session_id = 'bot6'));
\set VERBOSITY sqlstate
select * from bot_session_touch('bot6', 'late', fence => 6);
\set VERBOSITY terse
select session_id, event, reason from bot_session_events where event not in ('created') and event_id > 19 order by session_id, event_id;
-- arguments
select * from bot_session_claim(null);
select * from bot_session_claim('');
select * from bot_session_claim('w', 0);
select * from bot_session_claim('w', null);
select * from bot_session_claim('w', -1);
select * from bot_session_claim('w', 1, '0');
select * from bot_session_claim('w', 1, null);
select * from bot_session_claim('w', 1, '-1 second');
select * from bot_session_start('bot1', '');
select * from bot_session_start('bot1', 'w', null);
select * from bot_session_start('bot1', 'w', '0');
select * from bot_session_start('bot1', null, '-1 hour');
select status from bot_session_start('bot1', null, null);
