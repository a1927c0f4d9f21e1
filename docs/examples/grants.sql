select 'create role my_service' where not exists (select from pg_roles where rolname = 'my_service') \gexec
begin;

grant select, insert, update on bot_sessions to my_service;
grant select on bot_session_events to my_service;
grant execute on function bot_session_start, bot_session_touch, bot_session_end, bot_session_touch_many to my_service;
create policy my_service on bot_sessions to my_service using (true);
create policy my_service on bot_session_events for select to my_service using (true);
-- to keep logins: the last two ask for leases, as the owner of the tables
grant select, insert, update, delete on bot_session_data to my_service;
create policy my_service on bot_session_data to my_service using (true);
grant execute on function bot_session_save, bot_session_save_many, bot_session_load, bot_session_forget,
  bot_session_lease_allows, bot_session_lock_leases to my_service;
-- to run several workers; the overview looks into bot_session_data too
grant select, insert, update on bot_session_leases to my_service;
create policy my_service on bot_session_leases to my_service using (true);
grant usage on sequence bot_session_fences to my_service;
grant execute on function bot_session_claim, bot_session_renew, bot_session_release, bot_session_overview to my_service;
-- to expire sessions
grant execute on function bot_session_expire, bot_session_lease_allows, bot_session_lock_leases to my_service;

grant my_service to current_user;
set local role my_service;
select bot_session_start('bot1');
select bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}]');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}');
select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": {"creds": null}}}]');
select bot_session_load('bot1');
select bot_session_end('bot1');
select session_id, fence from bot_session_start('bot2', worker => 'w');
select session_id from bot_session_renew(jsonb_build_object('bot2', currval('bot_session_fences')));
select from bot_session_release(jsonb_build_object('bot2', currval('bot_session_fences')));
select from bot_session_claim('v', ttl => '1 microsecond');
select bot_session_forget('bot2');
select from bot_session_overview();
select from bot_session_expire('1 day');
do $$
begin
  assert array(select event from bot_session_events where session_id = 'bot1' order by event_id) = array['created', 'forgotten', 'ended'];
end $$;
rollback;
