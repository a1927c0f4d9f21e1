-- bot_session_lease_allows: whom the lease of a session lets go on.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
insert into bot_sessions (session_id) values ('none');
select fence from bot_session_start('held', 'w1');
select fence from bot_session_start('lost', 'w1');
select fence from bot_session_start('released', 'w1');
select fence from bot_session_start('ended', 'w1');
update bot_session_leases set expires_at = '2024-01-01' where session_id = 'lost';
select fence from bot_session_release('{"released": 3}');
select status from bot_session_end('ended', fence => 4);
create view answers as
  select s.session_id, s.status, l.fence, bot_session_lease_allows(s.session_id, null) as without,
    bot_session_lease_allows(s.session_id, l.fence) as with_its_fence, bot_session_lease_allows(s.session_id, 99) as with_another
  from bot_sessions s left join bot_session_leases l on l.session_id = s.session_id order by s.session_id;
table answers;
-- one that was ended, and started again by somebody who names no worker: the fence that ended it is stale
select status from bot_session_start('ended');
table answers;
-- one that has ended past the trigger: its lease does not count
begin;
alter table bot_sessions disable trigger user;
update bot_sessions set status = 'inactive' where session_id = 'held';
table answers;
rollback;
-- for who may not read the tables
begin;
create role regress_user;
grant execute on all functions in schema public to regress_user;
set local role regress_user;
select bot_session_lease_allows('held', null), bot_session_lease_allows('held', 1), bot_session_lease_allows('unknown', null), bot_session_lease_allows('unknown', 1);
select bot_session_lock_leases('{held, lost, unknown, null}'), bot_session_lock_leases('{}'), bot_session_lock_leases(null);
rollback;
-- it writes nothing
begin read only;
select bot_session_lease_allows('held', 1);
\set VERBOSITY sqlstate
select bot_session_lock_leases('{held}');
rollback;
drop view answers;
