-- Row level security of sessions and data holds: what a role may not see it can neither load, save nor forget.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('own');
select status from bot_session_start('other');
select bot_session_save_many('[{"session_id": "own", "data": {"creds": {"creds": "1"}, "secret": {"a": "A"}}},
  {"session_id": "other", "data": {"creds": {"creds": "1"}}}]');
begin;
create role regress_bot;
grant select, update on bot_sessions to regress_bot;
grant select, insert, update, delete on bot_session_data to regress_bot;
grant execute on all functions in schema public to regress_bot;
set local role regress_bot;
savepoint start;
\set VERBOSITY sqlstate
-- no policy of the sessions
select bot_session_load('own');
rollback to start;
reset role;
create policy regress_bot on bot_sessions to regress_bot using (session_id = 'own');
set local role regress_bot;
savepoint start;
select bot_session_load('other');
rollback to start;
select bot_session_save('other', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_forget('other');
rollback to start;
select bot_session_save_many('[{"session_id": "other", "data": {"creds": {"creds": "2"}}}, {"session_id": "own", "data": {}}]');
-- none of the data
select bot_session_load('own');
select bot_session_save('own', '{"new": {"a": "A"}}');
rollback to start;
select bot_session_save('own', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_save('own', '{"creds": {"creds": "2"}, "session": {"a": "A"}}');
rollback to start;
select bot_session_forget('own') as deleted;
rollback to start;
-- of a kind
reset role;
create policy regress_bot on bot_session_data to regress_bot using (kind <> 'secret');
set local role regress_bot;
savepoint start;
select bot_session_load('own');
select bot_session_save('own', '{"creds": {"creds": "2"}}') as changed;
select bot_session_save('own', '{"secret": null, "new": {"a": "A", "b": "B"}}') as changed;
select bot_session_save('own', '{"secret": {"a": "mine"}}');
rollback to start;
select bot_session_forget('own') as deleted;
-- the event is of all that is there, not of what the role may see
reset role;
select event from bot_session_events where event = 'forgotten';
select session_id, kind, key, value from bot_session_data order by session_id, kind, key;
rollback;
