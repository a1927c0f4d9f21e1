-- A plain user may not attach them, and so not forge events with a table of their own.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_user;
grant create on schema public to regress_user;
grant all on bot_sessions to regress_user;
set role regress_user;
create table regress_own (like bot_sessions);
create trigger a after insert on regress_own for each row execute function bot_session_audit();
create trigger m before insert on regress_own for each row execute function bot_session_maintain();
-- nor to the table itself a second time, with a privilege on the table alone
create trigger a after insert on bot_sessions for each row execute function bot_session_audit();
rollback;
