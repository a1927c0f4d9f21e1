-- Another edition cannot be had while a view or a column of the user's depends on what must go: it says on what.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
set local botsession.edition = 'plpgsql';
:migration
insert into bot_sessions (session_id) values ('bot1');
create view regress_view as select session_id from bot_session_expire('1 hour');
set local botsession.edition = 'c';
:migration
drop view regress_view;
create table regress_table (session bot_session);
:migration
-- nothing changed
select count(*) as extensions from pg_extension where extname = 'botsession';
select tgname from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
select previous_status from bot_session_start('bot1');
drop table regress_table;
:migration
select count(*) as extensions from pg_extension where extname = 'botsession';

-- and the other way
create view regress_view as select session_id from bot_session_expire('1 hour');
create table regress_table (session bot_session);
set local botsession.edition = 'plpgsql';
:migration
select count(*) as extensions from pg_extension where extname = 'botsession';
select tgname from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
select previous_status from bot_session_start('bot1');
-- to stay is no problem
set local botsession.edition = 'c';
:migration
select count(*) from regress_view;
\set VERBOSITY sqlstate
set local botsession.edition = 'plpgsql';
:migration
rollback;
