-- bot_session_audit_data is the trigger function of bot_session_data alone: called it is 0A000, attached otherwise 39P01.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
select bot_session_audit_data();
begin;
select status from bot_session_start('bot1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}') as changed;
create table regress_other (like bot_session_data);
insert into regress_other table bot_session_data;
create trigger a after delete on regress_other referencing old table as deleted for each statement execute function bot_session_audit_data();
delete from regress_other;

create trigger a before delete on bot_session_data for each statement execute function bot_session_audit_data();
delete from bot_session_data;
drop trigger a on bot_session_data;
create trigger a after delete on bot_session_data for each row execute function bot_session_audit_data();
delete from bot_session_data;
drop trigger a on bot_session_data;
create trigger a after update on bot_session_data referencing old table as deleted for each statement execute function bot_session_audit_data();
update bot_session_data set value = '2';
drop trigger a on bot_session_data;
create trigger a after delete on bot_session_data for each statement execute function bot_session_audit_data();
delete from bot_session_data;
drop trigger a on bot_session_data;
create trigger a after delete on bot_session_data referencing old table as gone for each statement execute function bot_session_audit_data();
delete from bot_session_data;
drop trigger a on bot_session_data;
create trigger a after delete on bot_session_data referencing old table as deleted for each statement execute function bot_session_audit_data('x');
delete from bot_session_data;
drop trigger a on bot_session_data;
-- nobody else can attach it
create role regress_bot;
grant create on schema public to regress_bot;
set local role regress_bot;
create table regress_own (session_id text);
create trigger a after delete on regress_own referencing old table as deleted for each statement execute function bot_session_audit_data();
reset role;
-- as it is it works
delete from bot_session_data;
select event from bot_session_events order by event_id;
rollback;
