-- idle and max_sessions null or not positive: 22023.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01');
select * from bot_session_expire(null);
select * from bot_session_expire('0');
select * from bot_session_expire('-1 second');
select * from bot_session_expire('1 day -24 hours');
select * from bot_session_expire('1 hour', null);
select * from bot_session_expire('1 hour', 0);
select * from bot_session_expire('1 hour', -1);
select status from bot_sessions;
-- further back than timestamps go
select * from bot_session_expire('300000 years');
-- the smallest that is allowed
select session_id from bot_session_expire('1 microsecond', 1);
