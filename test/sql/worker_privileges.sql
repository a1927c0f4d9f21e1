-- What a worker needs, and that who names none needs nothing of it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

begin;
create role regress_bot;
grant select, insert, update on bot_sessions to regress_bot;
grant execute on all functions in schema public to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
set role regress_bot;
select status, fence from bot_session_start('bot1');
select status, fence from bot_session_touch('bot1', 'hello');
select session_id, fence from bot_session_touch_many('[{"session_id": "bot1"}]');
select status, fence from bot_session_end('bot1');
select fence from bot_session_start('bot1', 'w1');
select fence from bot_session_touch('bot1', fence => 1);
select session_id from bot_session_touch_many('[{"session_id": "bot1", "fence": 1}]');
select session_id from bot_session_claim('w1');
select session_id from bot_session_renew('{"bot1": 1}');
select session_id from bot_session_release('{"bot1": 1}');
select session_id from bot_session_expire('1 hour');
reset role;
create policy regress_bot on bot_session_leases to regress_bot using (true);
grant select, insert, update on bot_session_leases to regress_bot;
set role regress_bot;
-- the sequence too
select fence from bot_session_start('bot1', 'w1');
reset role;
grant usage on sequence bot_session_fences to regress_bot;
alter sequence bot_session_fences restart;
set role regress_bot;
select fence from bot_session_start('bot1', 'w1');
select fence from bot_session_touch('bot1', fence => 1);
select session_id, fence from bot_session_touch_many('[{"session_id": "bot1", "fence": 1}]');
select session_id, fence from bot_session_renew('{"bot1": 1}');
select session_id, fence from bot_session_release('{"bot1": 1}');
select session_id, fence from bot_session_claim('w1');
select session_id from bot_session_expire('1 hour');
select status from bot_session_end('bot1');
-- the trail is not its to write
insert into bot_session_events (session_id, event) values ('bot1', 'claimed');
-- who may not touch leases ends sessions all the same, and their leases with them
reset role;
select fence from bot_session_start('bot1', 'w1');
revoke all on bot_session_leases from regress_bot;
set role regress_bot;
select status from bot_session_end('bot1');
reset role;
select worker, expires_at from bot_session_leases;
select event, reason, actor_role from bot_session_events where actor_role = 'regress_bot' order by event_id;
rollback;
