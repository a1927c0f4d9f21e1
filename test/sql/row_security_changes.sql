-- A policy or the role changes between two calls of one session: kept plans follow.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create role regress_bot;
grant select, insert, update on bot_sessions to regress_bot;
grant execute on all functions in schema public to regress_bot;
select last_message from bot_session_touch('bot1', 'as owner');
set role regress_bot;
select last_message from bot_session_touch('bot1', 'no policy');
reset role;
create policy regress_bot on bot_sessions to regress_bot using (true);
set role regress_bot;
select last_message from bot_session_touch('bot1', 'policy');
reset role;
alter policy regress_bot on bot_sessions using (session_id <> 'bot1');
set role regress_bot;
select last_message from bot_session_touch('bot1', 'another policy');
reset role;
revoke update on bot_sessions from regress_bot;
set role regress_bot;
select last_message from bot_session_touch('bot1', 'no privilege');
reset role;
select last_message from bot_session_touch('bot1', 'as owner again');
rollback;
