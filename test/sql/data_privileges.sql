-- The privileges that each function asks for are those its page names, and no more.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}') as changed;
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
begin;
create role regress_bot;
alter table bot_sessions disable row level security;
alter table bot_session_data disable row level security;
grant usage on schema public to regress_bot;
set local role regress_bot;
select bot_session_load('bot1');
reset role;
grant execute on all functions in schema public to regress_bot;
set local role regress_bot;
select bot_session_load('bot1');
reset role;
grant select on bot_sessions to regress_bot;
set local role regress_bot;
select bot_session_load('bot1');
reset role;
grant select (session_id, kind, key, value) on bot_session_data to regress_bot;
set local role regress_bot;
select bot_session_load('bot1');
select bot_session_load('bot1', '{"creds": ["creds"]}');
select bot_session_load('bot1', '{"creds": null}');
-- to save
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
reset role;
grant update on bot_sessions to regress_bot;
set local role regress_bot;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
reset role;
grant insert, update (value, updated_at) on bot_session_data to regress_bot;
set local role regress_bot;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}') as changed;
select bot_session_save('bot1', '{"creds": {"creds": "3"}, "session": {"a": "A", "b": "B"}}') as changed;
select bot_session_save('bot1', '{"session": {"c": "C"}}') as changed;
select bot_session_save_many('[{"session_id": "bot1", "data": {"session": {"c": "C2"}}}]');
-- DELETE only where something is deleted, which a kind without keys does not do
select bot_session_save('bot1', '{"session": {}}') as changed;
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": {"creds": "3"}, "session": {}}}]');
select bot_session_save('bot1', '{"session": {"c": null}}');
select bot_session_save('bot1', '{"creds": {"creds": "4"}, "session": {"c": null}}');
select bot_session_save('bot1', '{"session": null}');
select bot_session_forget('bot1');
reset role;
grant delete on bot_session_data to regress_bot;
set local role regress_bot;
select bot_session_save('bot1', '{"session": {"c": null}}') as changed;
select bot_session_save('bot1', '{"session": null}') as changed;
select bot_session_forget('bot1') as deleted;
-- whose event is written as the owner
select count(*) from bot_session_events;
reset role;
select event, actor_role from bot_session_events order by event_id desc limit 1;
rollback;
