-- A row that a policy's WITH CHECK refuses: 42501, and the error shows nothing of it.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'secret message', 'secret code');

begin;
create role regress_bot;
create policy regress_read on bot_sessions for select to regress_bot using (true);
create policy regress_insert on bot_sessions for insert to regress_bot with check (session_id like 'my%');
create policy regress_update on bot_sessions for update to regress_bot using (true) with check (last_message <> 'forbidden' and status = 'active');
grant select, insert, update on bot_sessions to regress_bot;
grant execute on all functions in schema public to regress_bot;
set role regress_bot;
select session_id from bot_session_start('my1');
select session_id from bot_session_start('your1');
select last_message from bot_session_touch('bot1', 'forbidden');
select last_message from bot_session_touch('bot1', 'allowed');
select session_id, last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "forbidden"}]');
select status from bot_session_end('bot1');
reset role;
select session_id, last_message, status, qr_data from bot_sessions order by session_id;
rollback;
