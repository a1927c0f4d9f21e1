-- Row level security that hides leases from the role that calls makes no session idle: leases are asked for as their owner.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
insert into bot_sessions (session_id, updated_at) values ('held', '2024-01-01'), ('lost', '2024-01-02'), ('none', '2024-01-03');
insert into bot_session_leases (session_id, worker, expires_at) values ('held', 'w1', clock_timestamp() + '1 hour'), ('lost', 'w1', '2024-01-01');

begin;
create role regress_cron;
grant execute on all functions in schema public to regress_cron;
grant select, update on bot_sessions to regress_cron;
create policy regress_cron on bot_sessions to regress_cron using (true);
-- it may read leases, but no policy shows it one
grant select on bot_session_leases to regress_cron;
set role regress_cron;
select count(*) from bot_session_leases;
-- what is held takes no place of what may be ended
select session_id from bot_session_expire('1 hour', 1);
select session_id from bot_session_expire('1 hour', 1);
select session_id from bot_session_expire('1 hour', 1);
-- nor a right to read them
reset role;
update bot_sessions set status = 'active' where session_id = 'none';
select session_id, status from bot_sessions order by session_id;
revoke select on bot_session_leases from regress_cron;
set role regress_cron;
select pg_sleep(0.001);
select session_id from bot_session_expire('1 microsecond');
reset role;
select session_id, worker, expires_at is not null as held from bot_session_leases order by session_id;
rollback;
