-- Whether a lease is live is asked as the owner of the tables: a policy that hides leases opens no login.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset
select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A"}}', :fence) as changed;
begin;
create role regress_bot;
grant select, update on bot_sessions to regress_bot;
grant select, insert, update, delete on bot_session_data to regress_bot;
grant execute on all functions in schema public to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
create policy regress_bot on bot_session_data to regress_bot using (true);
set local role regress_bot;
savepoint start;
\set VERBOSITY sqlstate
select count(*) from bot_session_leases;
rollback to start;
-- no policy, no privilege: nothing of the lease can be seen
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_save('bot1', '{"creds": {"creds": "2"}, "session": {"a": null}}');
rollback to start;
select bot_session_load('bot1');
rollback to start;
select bot_session_forget('bot1');
rollback to start;
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": null}}]');
select session_id from bot_session_expire('1 microsecond');
rollback to start;
-- the privilege, and no policy
reset role;
grant select, update on bot_session_leases to regress_bot;
set local role regress_bot;
savepoint start;
select count(*) from bot_session_leases;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_load('bot1');
rollback to start;
select bot_session_forget('bot1');
rollback to start;
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": null}}]');
select session_id from bot_session_expire('1 microsecond');
-- a policy, of the leases of others
reset role;
insert into bot_sessions (session_id) values ('bot2');
insert into bot_session_leases (session_id, worker, expires_at) values ('bot2', 'w2', '2024-01-01');
create policy regress_bot on bot_session_leases to regress_bot using (worker <> 'w1');
set local role regress_bot;
savepoint start;
select session_id from bot_session_leases;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}');
rollback to start;
select bot_session_load('bot1');
rollback to start;
select bot_session_forget('bot1');
rollback to start;
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": null}}, {"session_id": "bot2", "data": {"creds": {"creds": "2"}}}]');
select pg_sleep(0.001);
select session_id from bot_session_expire('1 microsecond');
-- with the fence
select bot_session_save('bot1', '{"creds": {"creds": "2"}}', :fence) as changed;
select bot_session_load('bot1', '{"creds": null}', :fence);
select bot_session_forget('bot1', :fence) as deleted;
rollback;
