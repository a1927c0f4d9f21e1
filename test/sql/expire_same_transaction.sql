-- A session touched in the same transaction is not idle, however long the transaction is.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01');
select session_id from bot_session_touch('bot1');
select session_id from bot_session_expire('1 hour');
-- it is the clock that counts, not now()
select pg_sleep(0.05) is not null as slept;
select session_id from bot_session_expire('20 milliseconds');
commit;
