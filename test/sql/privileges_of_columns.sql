-- Privileges on columns: a role with UPDATE of last_message alone can record a message, and nothing else.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create role regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
grant select, update (last_message) on bot_sessions to regress_bot;
grant execute on all functions in schema public to regress_bot;
set role regress_bot;
select last_message, updated_at > created_at as updated from bot_session_touch('bot1', 'hello');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "bye"}]');
select last_message from bot_session_touch('bot1', qr_data => 'qr-1');
select last_message from bot_session_touch('bot1', 'x', 'qr-1');
select last_message from bot_session_touch('bot1');
select last_message from bot_session_start('bot1');
select last_message from bot_session_end('bot1');
reset role;
-- start sets session_id and status alone
grant insert (session_id, status), update (status) on bot_sessions to regress_bot;
set role regress_bot;
select status, previous_status from bot_session_start('bot2');
select status, previous_status from bot_session_start('bot2');
reset role;
select session_id, last_message, status, qr_data from bot_sessions order by session_id;
-- end sets status and qr_data
grant update (qr_data) on bot_sessions to regress_bot;
set role regress_bot;
select status from bot_session_end('bot2', 'why');
reset role;
-- all columns are read
revoke select on bot_sessions from regress_bot;
grant select (session_id, last_message, status, created_at, updated_at) on bot_sessions to regress_bot;
set role regress_bot;
select last_message from bot_session_touch('bot1', 'hello');
rollback;
