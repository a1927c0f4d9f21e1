-- Triggers that fire for other events than this version's are made anew; how a user named and enabled them holds for
-- them, and for one that is missing beside them. One with a condition stays as it is.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create temp view triggers as
  select tgname, tgenabled, regexp_replace(pg_get_triggerdef(oid), '^.*(BEFORE|AFTER)(.*) ON .*?( WHEN .*)? EXECUTE .*$', '\1\2\3') as fires
  from pg_trigger where tgrelid in ('bot_sessions'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass) and not tgisinternal order by tgname;
drop trigger aa_bot_sessions_audit on bot_sessions;
drop trigger aa_bot_sessions_audit_change on bot_sessions;
drop trigger aa_bot_sessions_audit_start on bot_sessions;
drop trigger zz_bot_sessions_maintain on bot_sessions;
drop trigger aa_bot_session_leases_audit on bot_session_leases;
create trigger regress_audit after insert or update or delete on bot_sessions for each row execute function bot_session_audit();
create trigger zz_bot_sessions_maintain before insert on bot_sessions for each row execute function bot_session_maintain();
create trigger regress_leases after insert or delete on bot_session_leases for each row
  when (pg_trigger_depth() < 9) execute function bot_session_audit_lease();
alter table bot_sessions disable trigger regress_audit;
alter table bot_sessions enable always trigger zz_bot_sessions_maintain;
:migration
table triggers;

-- two of another version
drop trigger regress_audit on bot_sessions;
drop trigger regress_audit_change on bot_sessions;
drop trigger regress_audit_start on bot_sessions;
create trigger one after insert on bot_sessions for each row execute function bot_session_audit();
create trigger two after update on bot_sessions for each row execute function bot_session_audit();
alter table bot_sessions enable replica trigger one;
alter table bot_sessions enable replica trigger two;
:migration
table triggers;
-- nothing left to do
:migration
table triggers;
rollback;
