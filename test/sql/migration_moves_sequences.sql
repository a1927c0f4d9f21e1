-- Sequences that are behind what the tables hold, as a forgotten setval or a promoted replica leaves them: moved on.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
select setval('bot_session_fences', 41) \gset
select fence from bot_session_start('bot1', 'w1');
select count(*) from bot_session_events;
alter sequence bot_session_fences restart;
alter sequence bot_session_events_event_id_seq restart;
:migration
select fence from bot_session_start('bot2', 'w1');
select event_id, session_id, event from bot_session_events order by event_id;
-- one that is ahead stays
select setval('bot_session_fences', 1000) \gset
:migration
select fence from bot_session_start('bot3', 'w1');
rollback;
