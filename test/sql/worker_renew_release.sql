-- bot_session_renew and bot_session_release: what is missing from the answer is lost.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select fence from generate_series(1, 5) n, bot_session_start('bot' || n, 'w1', '50 seconds');
select status from bot_session_start('alone');
update bot_session_leases set expires_at = clock_timestamp() where session_id = 'bot3';
select status from bot_session_end('bot4');
select fence from bot_session_start('bot5', 'w1');
select clock_timestamp() as before \gset
select session_id, worker, fence, expires_at between :'before'::timestamptz + '1 minute' and clock_timestamp() + '1 minute' as prolonged
from bot_session_renew('{"bot2": 2, "bot1": 1, "bot3": 3, "bot4": 4, "bot5": 5, "alone": 1, "unknown": 1}');
select session_id, expires_at > clock_timestamp() + '2 hours' as prolonged from bot_session_renew('{"bot1": 1}', '3 hours');
-- of a session that ended while nobody looked
set session_replication_role = replica;
update bot_sessions set status = 'inactive' where session_id = 'bot1';
reset session_replication_role;
select * from bot_session_renew('{"bot1": 1}');
select session_id from bot_session_renew('{}');
select session_id from bot_session_release('{}');
select session_id, worker, fence, expires_at from bot_session_release('{"bot2": 2, "bot5": 5, "alone": 1, "unknown": 1}');
-- twice is once
select * from bot_session_release('{"bot2": 2}');
select * from bot_session_renew('{"bot2": 2}');
select session_id, status from bot_sessions order by session_id;
select session_id, event, reason from bot_session_events where event not in ('created') order by event_id;
-- arguments
\set VERBOSITY default
select * from bot_session_renew(null);
select * from bot_session_renew('{"bot1": "1"}');
\set VERBOSITY terse
select * from bot_session_renew('[]');
select * from bot_session_renew('"bot1"');
select * from bot_session_renew('1');
select * from bot_session_renew('null');
select * from bot_session_renew('{"bot1": 1.5}');
select * from bot_session_renew('{"bot1": null}');
select * from bot_session_renew('{"bot1": {"fence": 1}}');
select * from bot_session_renew('{"bot1": 99999999999999999999}');
select * from bot_session_renew('{"bot1": 1}', null);
select * from bot_session_renew('{"bot1": 1}', '0');
select * from bot_session_release(null);
select * from bot_session_release('[1]');
select * from bot_session_release('{"bot1": true}');
