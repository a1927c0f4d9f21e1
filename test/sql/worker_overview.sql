-- bot_session_overview: the state of every session, without secrets.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select status from bot_session_start('ended');
select status from bot_session_touch('ended', 'secret message');
select status from bot_session_end('ended');
select fence from bot_session_start('was_held', 'w1');
select status from bot_session_end('was_held');
select fence from bot_session_start('orphaned', 'w1');
update bot_session_leases set expires_at = clock_timestamp() - interval '1 second' where session_id = 'orphaned';
select fence from bot_session_start('released', 'w1');
select session_id from bot_session_release('{"released": 3}');
select status from bot_session_start('awaiting');
select status from bot_session_touch('awaiting', qr_data => 'secret qr');
select fence from bot_session_start('held', 'w2');
select status from bot_session_start('running');
insert into bot_sessions (session_id, created_at, updated_at) values ('stale', now() - interval '1 day', now() - interval '6 minutes');
select session_id, state, has_qr, worker, lease_expires_at > now() as lease_live, created_at <= updated_at as times,
  case when idle > interval '5 minutes' then 'long' when idle >= interval '0' then 'short' end as idle
from bot_session_overview() order by session_id;
select session_id, state from bot_session_overview('10 minutes') where session_id = 'stale';
select session_id, state from bot_session_overview(null) where session_id = 'stale';
-- a process that died while its QR code was shown: stale, not waiting for ever
insert into bot_sessions (session_id, qr_data, updated_at) values ('died', 'secret qr', now() - interval '6 minutes');
select session_id, state, has_qr from bot_session_overview() where session_id in ('died', 'awaiting') order by session_id;
select count(*) from bot_session_overview() o where o::text like '%secret%';
-- times that the trigger never writes
begin;
alter table bot_sessions disable trigger user;
update bot_sessions set updated_at = 'infinity' where session_id = 'running';
update bot_sessions set updated_at = '-infinity' where session_id = 'awaiting';
select session_id, state, idle from bot_session_overview() where session_id in ('running', 'awaiting') order by session_id;
rollback;
-- callers' rights
begin;
create role regress_watcher;
grant execute on function bot_session_overview(interval) to regress_watcher;
grant select on bot_sessions to regress_watcher;
savepoint s;
set role regress_watcher;
\set VERBOSITY sqlstate
select count(*) from bot_session_overview();
rollback to s;
reset role;
grant select on bot_session_leases to regress_watcher;
set role regress_watcher;
select count(*) from bot_session_overview();
rollback to s;
reset role;
grant select on bot_session_leases to regress_watcher;
grant select (session_id) on bot_session_data to regress_watcher;
set role regress_watcher;
select count(*) from bot_session_overview();
rollback;
