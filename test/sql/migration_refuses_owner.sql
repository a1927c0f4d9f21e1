-- Tables of another role than the one that runs it, or of two owners.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_owner;
create role regress_other;
grant create on schema public to regress_other;
-- without the extension, whose owner would be listed too
set local botsession.edition = 'plpgsql';
:migration
alter table bot_sessions owner to regress_owner;
:migration
alter table bot_session_events owner to regress_owner;
alter table bot_session_leases owner to regress_owner;
alter table bot_session_data owner to regress_owner;
alter sequence bot_session_fences owner to regress_owner;
set role regress_other;
:migration
reset role;
select relname, relowner::regrole from pg_class where relname in ('bot_sessions', 'bot_session_events') order by relname;
-- a superuser may
:migration
-- but not where triggers of the owner would run as the superuser
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey;
:migration
rollback;
