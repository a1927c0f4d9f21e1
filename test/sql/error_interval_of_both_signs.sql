-- An interval that is more than zero but leads into the past in some months is not positive.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');
\set VERBOSITY sqlstate
select fence from bot_session_start('bot1', 'w1', ttl => '1 month -29 days');
select fence from bot_session_claim('w1', ttl => '1 month -29 days');
select fence from bot_session_renew('{}', ttl => '1 month -29 days');
select status from bot_session_touch('bot1', heartbeat_interval => '1 month -29 days');
select session_id from bot_session_expire('1 month -29 days');
select fence from bot_session_start('bot1', 'w1', ttl => '-1 month 31 days');
select fence from bot_session_start('bot1', 'w1', ttl => '-1 year 366 days');
-- positive in every month
begin;
select count(*) from bot_session_start('bot1', 'w1', ttl => '1 month -27 days');
select count(*) from bot_session_start('bot1', 'w1', ttl => '-1 month 32 days');
select count(*) from bot_session_start('bot1', 'w1', ttl => '1 day -1 hour');
select bool_and(expires_at > clock_timestamp()) from bot_session_leases;
rollback;
select status from bot_sessions;
