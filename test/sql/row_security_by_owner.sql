-- Row level security by an owner column: each role sees its sessions, and those of others are as if not there.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_alice;
create role regress_bob;
alter table bot_sessions add column owner name not null default current_user;
create policy regress_own on bot_sessions to regress_alice, regress_bob using (owner = current_user);
grant select, insert, update on bot_sessions to regress_alice, regress_bob;
grant select on bot_session_leases to regress_alice, regress_bob;
grant execute on all functions in schema public to regress_alice, regress_bob;

set role regress_alice;
select session_id, status, previous_status from bot_session_start('alice1');
select session_id, last_message from bot_session_touch('alice1', 'hello', 'qr-1');
set role regress_bob;
select session_id, status, previous_status from bot_session_start('bob1');
-- hidden
select * from bot_session_touch('alice1', 'gotcha');
select * from bot_session_touch('alice1', qr_data => 'gotcha');
select * from bot_session_end('alice1');
select session_id, last_message, status, qr_data, created_at is null as unknown
from bot_session_touch_many('[{"session_id": "alice1", "last_message": "gotcha"}, {"session_id": "bob1", "last_message": "mine"}]');
-- in the way: after three rounds
select * from bot_session_start('alice1');
\set VERBOSITY default
select * from bot_session_start('alice1');
reset role;
select pg_sleep(0.01) is not null as slept;
set role regress_bob;
select session_id from bot_session_expire('1 millisecond');
reset role;
select session_id, owner, last_message, status from bot_sessions order by session_id;
select session_id, event, actor_role from bot_session_events order by event_id;
rollback;
