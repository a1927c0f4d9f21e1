-- The extension in another schema.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create schema regress_schema;
create extension botsession schema regress_schema;
savepoint s;
set local botsession.edition = 'c';
:migration
rollback to s;
set local botsession.edition = 'plpgsql';
:migration
rollback;
