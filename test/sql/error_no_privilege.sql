-- No EXECUTE, or no privilege on the table: 42501.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01');

begin;
create role regress_bot;
-- not granted to anybody
set role regress_bot;
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
select * from bot_session_end('bot1');
select * from bot_session_touch_many('[]');
select * from bot_session_expire('1 hour');
reset role;

-- EXECUTE alone does not open the table: the functions run as their caller
grant execute on all functions in schema public to regress_bot;
set role regress_bot;
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
select * from bot_session_end('bot1');
select * from bot_session_touch_many('[{"session_id": "bot1"}]');
select * from bot_session_expire('1 hour');
reset role;

-- nor does reading it
grant select on bot_sessions to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
set role regress_bot;
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
select * from bot_session_end('bot1');
select * from bot_session_touch_many('[{"session_id": "bot1"}]');
select * from bot_session_expire('1 hour');
reset role;

-- UPDATE is enough for what is there, a new session needs INSERT
grant update on bot_sessions to regress_bot;
set role regress_bot;
select session_id, previous_status from bot_session_start('bot1');
select * from bot_session_start('bot2');
rollback;
