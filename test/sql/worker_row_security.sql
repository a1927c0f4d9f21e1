-- A session that row level security hides is nobody's to claim, renew or release, whatever it says of the lease.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select session_id, fence from bot_session_start('mine', 'w1');
select session_id, fence from bot_session_start('theirs', 'w1');
create role regress_botsession_worker;
grant execute on all functions in schema public to regress_botsession_worker;
grant select, insert, update on bot_sessions, bot_session_leases to regress_botsession_worker;
grant usage on sequence bot_session_fences to regress_botsession_worker;
create policy worker on bot_sessions to regress_botsession_worker using (session_id = 'mine');
create policy worker on bot_session_leases to regress_botsession_worker using (true);

set role regress_botsession_worker;
select session_id, fence from bot_session_renew('{"mine": 1, "theirs": 2}');
select session_id, fence from bot_session_touch_many('[{"session_id": "theirs", "fence": 2}, {"session_id": "mine", "fence": 1}]');
select session_id, fence from bot_session_release('{"mine": 1, "theirs": 2}');
\set VERBOSITY sqlstate
select * from bot_session_touch('theirs', fence => 2);
select * from bot_session_end('theirs', fence => 2);
select * from bot_session_start('theirs', 'w1');
reset role;
update bot_session_leases set expires_at = '2001-01-01' where session_id = 'theirs';
set role regress_botsession_worker;
select session_id, worker, fence from bot_session_claim('w2');
reset role;
select session_id, worker, expires_at is not null as held from bot_session_leases order by session_id;

-- nor is a lease that it hides one to go by
begin;
drop policy worker on bot_session_leases;
create policy worker on bot_session_leases to regress_botsession_worker using (session_id <> 'hidden');
insert into bot_sessions (session_id) values ('hidden');
select fence from bot_session_start('hidden', 'w1') \gset
alter policy worker on bot_sessions using (true);
set local role regress_botsession_worker;
select last_message, fence from bot_session_touch_many(format('[{"session_id": "hidden", "last_message": "batch", "fence": %s}]', :fence)::jsonb);
select * from bot_session_touch('hidden', 'hello', fence => :fence);
rollback;

drop policy worker on bot_sessions;
drop policy worker on bot_session_leases;
drop owned by regress_botsession_worker;
drop role regress_botsession_worker;
