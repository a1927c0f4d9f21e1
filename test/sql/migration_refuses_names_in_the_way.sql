-- Functions and types of our names that are not ours.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function bot_session_start(integer) returns integer language sql as 'select 1';
create function bot_session_end(session_id text, why int) returns void language sql as 'select';
:migration
drop function bot_session_start(integer);
drop function bot_session_end(text, int);
-- where nothing of ours is there yet
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create function bot_session_end(session_id text, reason text) returns text language sql as 'select $1';
create function bot_session_maintain(text) returns text language sql as 'select $1';
create procedure bot_session_expire() language sql as 'select';
create type bot_session as enum ('active');
:migration
drop type bot_session;
create type bot_session as (session_id text, status text);
:migration
drop type bot_session;
create table bot_session (session_id text);
:migration
drop table bot_session;
create domain bot_session as text;
:migration
select proname from pg_proc where pronamespace = 'public'::regnamespace order by proname;
select count(*) as tables from pg_class where relnamespace = 'public'::regnamespace;
rollback;
