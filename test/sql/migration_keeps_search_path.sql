-- search_path is as it was afterwards, and names that need quotes are no problem; all tables have one owner.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role "regress ""Owner""";
alter table bot_sessions owner to "regress ""Owner""";
alter table bot_session_events owner to "regress ""Owner""";
alter table bot_session_leases owner to "regress ""Owner""";
alter table bot_session_data owner to "regress ""Owner""";
alter sequence bot_session_fences owner to "regress ""Owner""";
set local search_path = "regress ""x""", public;
:migration
show search_path;
select relname, relowner::regrole from pg_class where relname in ('bot_sessions', 'bot_session_events', 'bot_session_leases', 'bot_session_fences', 'bot_session_data') order by relname;
-- tables made anew get the owner of the sessions
drop table bot_session_events, bot_session_leases, bot_session_data;
:migration
select relname, relowner::regrole from pg_class where relname in ('bot_sessions', 'bot_session_events', 'bot_session_leases', 'bot_session_fences', 'bot_session_data') order by relname;
select status from bot_session_start('bot1');
select event from bot_session_events;
rollback;
