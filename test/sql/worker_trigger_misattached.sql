-- bot_session_audit_lease is for its own table, after the fact.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

\set VERBOSITY terse
select bot_session_audit_lease();
create table regress_other (like bot_session_leases);
create trigger a after insert on regress_other for each row execute function bot_session_audit_lease();
insert into regress_other values ('bot1', 'w1', 1);
drop table regress_other;
begin;
create trigger b before update on bot_session_leases for each row execute function bot_session_audit_lease();
select fence from bot_session_start('bot1', 'w1');
savepoint s;
update bot_session_leases set expires_at = null;
rollback to s;
drop trigger b on bot_session_leases;
create trigger b after update on bot_session_leases for each row execute function bot_session_audit_lease('x');
update bot_session_leases set expires_at = null;
rollback;
