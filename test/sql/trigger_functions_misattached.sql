-- Attached to a wrong table, or at a wrong time, level, event, or with arguments: 39P01 when they fire.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
\set ON_ERROR_ROLLBACK on

begin;
insert into bot_sessions (session_id) values ('bot1');
-- a table of the same shape
create table regress_copy (like bot_sessions including defaults);
create trigger m before insert on regress_copy for each row execute function bot_session_maintain();
insert into regress_copy (session_id) values ('bot1');
drop trigger m on regress_copy;
create trigger a after insert on regress_copy for each row execute function bot_session_audit();
insert into regress_copy (session_id) values ('bot1');

-- a table of the same name, in another schema
create schema regress_schema;
create table regress_schema.bot_sessions (like bot_sessions including defaults);
create trigger m before insert on regress_schema.bot_sessions for each row execute function bot_session_maintain();
insert into regress_schema.bot_sessions (session_id) values ('bot1');
drop trigger m on regress_schema.bot_sessions;
create trigger a after insert on regress_schema.bot_sessions for each row execute function bot_session_audit();
insert into regress_schema.bot_sessions (session_id) values ('bot1');

-- wrong time
create trigger m after update on bot_sessions for each row execute function bot_session_maintain();
update bot_sessions set last_message = 'hello';
drop trigger m on bot_sessions;
create trigger a before update on bot_sessions for each row execute function bot_session_audit();
update bot_sessions set last_message = 'hello';
drop trigger a on bot_sessions;

-- wrong level
create trigger m before update on bot_sessions for each statement execute function bot_session_maintain();
update bot_sessions set last_message = 'hello';
drop trigger m on bot_sessions;
create trigger a after update on bot_sessions for each statement execute function bot_session_audit();
update bot_sessions set last_message = 'hello';
drop trigger a on bot_sessions;

-- wrong event
create trigger m before delete on bot_sessions for each row execute function bot_session_maintain();
delete from bot_sessions;
drop trigger m on bot_sessions;
create trigger a after truncate on bot_sessions for each statement execute function bot_session_audit();
truncate bot_sessions cascade;
drop trigger a on bot_sessions;

-- arguments
create trigger m before update on bot_sessions for each row execute function bot_session_maintain('x');
update bot_sessions set last_message = 'hello';
drop trigger m on bot_sessions;
create trigger a after update on bot_sessions for each row execute function bot_session_audit('x');
update bot_sessions set last_message = 'hello';
drop trigger a on bot_sessions;

-- a view
create view regress_view as select * from bot_sessions;
create trigger m instead of update on regress_view for each row execute function bot_session_maintain();
update regress_view set last_message = 'hello';
drop trigger m on regress_view;
create trigger a instead of update on regress_view for each row execute function bot_session_audit();
update regress_view set last_message = 'hello';
\set VERBOSITY sqlstate
update regress_view set last_message = 'hello';
drop trigger a on regress_view;

-- nothing came of it
select session_id, last_message from bot_sessions;
select event from bot_session_events;
rollback;
