-- botsession.edition is c, plpgsql or empty; upper case will do.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
savepoint s;
set local botsession.edition = 'rust';
:migration
rollback to s;
\set VERBOSITY sqlstate
set local botsession.edition = ' ';
:migration
rollback to s;
select set_config('botsession.edition', upper(case when exists (select from pg_extension where extname = 'botsession') then 'c' else 'plpgsql' end), true) is not null as set;
:migration
-- empty: what is there stays, an installed extension or one that can be had
set local botsession.edition = '';
:migration
select count(*) from pg_extension where extname = 'botsession';
rollback;
