-- A view, or another relation that is no table.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter table bot_sessions rename to regress_sessions;
-- whose columns do not matter
create view bot_sessions as select session_id from regress_sessions;
:migration
drop view bot_sessions;
create materialized view bot_sessions as select * from regress_sessions;
:migration
drop materialized view bot_sessions;
alter table regress_sessions rename to bot_sessions;
alter table bot_session_events rename to regress_events;
create view bot_session_events as select * from regress_events;
:migration
rollback;
