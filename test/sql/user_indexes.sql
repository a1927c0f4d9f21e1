-- Indexes that users add, on updated_at too, change no result.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create index on bot_sessions (updated_at);
create index on bot_sessions (status, updated_at) where status = 'active';
create index on bot_sessions (lower(session_id));
create index on bot_sessions using hash (session_id);
create unique index regress_message on bot_sessions (last_message);
insert into bot_sessions (session_id, updated_at) select 'bot' || n, '2024-01-01'::timestamptz + n * interval '1 s' from generate_series(1, 2000) n;
analyze bot_sessions;
select count(*) filter (where previous_status = 'active') as found from generate_series(1, 2000, 20) n, bot_session_start('bot' || n);
select count(*) filter (where last_message = 'm' || n) as touched from generate_series(1, 2000, 20) n, bot_session_touch('bot' || n, 'm' || n);
select session_id from bot_session_expire('1 hour', 3);
set local enable_seqscan = off;
select count(*) filter (where previous_status = 'active') as found from generate_series(1, 2000, 20) n, bot_session_start('bot' || n);
select session_id from bot_session_expire('1 hour', 3);
-- a user's unique index is respected
savepoint s;
\set VERBOSITY sqlstate
select * from bot_session_touch('bot21', 'm1');
rollback to s;
select status from bot_session_touch('bot21', 'm0');
rollback;
