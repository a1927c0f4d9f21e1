-- A new owner is noticed by a connection that has made its plans, and so is that it has gone again.
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
-- Other tests were rolled back: the tables' rows in the catalog are to have no successor of theirs.
revoke all on bot_sessions, bot_session_events from public;
insert into bot_sessions (session_id) values ('bot1'), ('bot2'), ('bot3'), ('bot4');
select status, previous_status from bot_session_start('bot1');
select status, previous_status from bot_session_start('bot1');
select status from bot_session_end('bot2');
select bot_session_lease_allows('bot1', null);

begin;
set local client_min_messages = warning;
create role regress_owner;
grant all on schema public to regress_owner;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
savepoint start;
alter table bot_session_events owner to regress_owner;
select status from bot_session_start('bot1');
select status from bot_session_end('bot3');
rollback to start;
select status, previous_status from bot_session_start('bot1');
alter table bot_sessions owner to regress_owner;
select status from bot_session_start('bot1');
select status from bot_session_end('bot3');
select bot_session_lease_allows('bot1', null);
rollback to start;
select status, previous_status from bot_session_start('bot1');
alter table bot_session_leases owner to regress_owner;
select status from bot_session_end('bot3');
select bot_session_lease_allows('bot1', null);
select status, previous_status from bot_session_start('bot1');
rollback;
select status, previous_status from bot_session_start('bot1');
select status from bot_session_end('bot3');
select bot_session_lease_allows('bot1', null);
