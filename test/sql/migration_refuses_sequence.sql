-- A sequence whose fences would come again, go down, or be given out late: refused.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter sequence bot_session_fences cycle;
:migration
alter sequence bot_session_fences no cycle increment -1;
:migration
alter sequence bot_session_fences increment 1 cache 10;
:migration
-- what only makes them end sooner, or grow faster, is somebody's own
alter sequence bot_session_fences cache 1 increment 10 maxvalue 1000000;
:migration
select seqincrement, seqmax from pg_sequence where seqrelid = 'bot_session_fences'::regclass;
rollback;
