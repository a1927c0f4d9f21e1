-- Who may not look into the schema cannot get at its tables by a function that calls ours.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
begin;
create role regress_bot;
create schema regress_calls;
grant usage on schema regress_calls to regress_bot;
grant execute on all functions in schema public to regress_bot;
grant all on bot_sessions, bot_session_leases to regress_bot;
create function regress_calls.touch(message text) returns text
  begin atomic select last_message from bot_session_touch('bot1', message); end;
create function regress_calls.heartbeat() returns text
  begin atomic select status from bot_session_touch('bot1', heartbeat_interval => '1 hour'); end;
create function regress_calls.touch_many() returns text
  begin atomic select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "batch"}]'); end;
alter table bot_sessions disable row level security;
grant usage on schema public to regress_bot;
set role regress_bot;
select regress_calls.touch('hello');
reset role;
revoke usage on schema public from public, regress_bot;
set role regress_bot;
select regress_calls.touch('bye');
select regress_calls.heartbeat();
select regress_calls.touch_many();
reset role;
select last_message from bot_sessions;
rollback;
