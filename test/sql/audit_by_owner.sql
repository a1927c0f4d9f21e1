-- The audit trail is written as its owner, by whoever changes a session; nobody else can write it.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_owner;
create role regress_bot;
alter table bot_sessions owner to regress_owner;
alter table bot_session_events owner to regress_owner;
alter table bot_session_leases owner to regress_owner;
alter table bot_session_data owner to regress_owner;
alter sequence bot_session_fences owner to regress_owner;
:migration
-- columns of the user's own, whose defaults show who writes
alter table bot_session_events add column written_by text default current_user, add column path text default current_setting('search_path');
grant select, insert, update, delete on bot_sessions to regress_bot;
grant execute on function bot_session_start(text, text, interval), bot_session_end(text, text, bigint, boolean) to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
set role regress_bot;
set search_path = regress_nowhere, public;
select status from bot_session_start('bot1');
select status from bot_session_end('bot1', 'why');
delete from bot_sessions;
select current_user, current_setting('search_path') as search_path;
\set VERBOSITY sqlstate
select * from bot_session_events;
insert into bot_session_events (session_id, event) values ('bot1', 'forged');
update bot_session_events set reason = 'forged';
delete from bot_session_events;
truncate bot_session_events;
select nextval('bot_session_events_event_id_seq');
reset role;
reset search_path;
select event, reason, actor_role, written_by, path not like '%regress%' as safe_path from bot_session_events order by event_id;
rollback;
