-- A role that may not create extensions gets the PL/pgSQL edition, and is told so.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create role regress_user;
create schema public authorization regress_user;
set role regress_user;
set local botsession.edition = '';
-- the hint names the database: hidden
\set VERBOSITY terse
:migration
select count(*) as extensions from pg_extension where extname = 'botsession';
select status from bot_session_start('bot1');
select count(*), bool_and(proowner = 'regress_user'::regrole) as owned from pg_proc where pronamespace = 'public'::regnamespace;
-- the owner of the database's objects is not stopped by row level security
select event, actor_role from bot_session_events;
\set VERBOSITY sqlstate
savepoint s;
set local botsession.edition = 'c';
:migration
rollback to s;
-- asked for, and so without a warning
set local botsession.edition = 'plpgsql';
:migration
rollback;

-- a role that may create nothing at all
begin;
create role regress_user;
set role regress_user;
\set VERBOSITY default
:migration
rollback;
