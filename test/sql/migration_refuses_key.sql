-- The primary key must be session_id alone, not deferrable.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter table bot_sessions drop constraint bot_sessions_pkey cascade;
:migration
-- unique is not enough
alter table bot_sessions add constraint regress_key unique (session_id);
:migration
alter table bot_sessions drop constraint regress_key, add constraint regress_key primary key (session_id) deferrable;
:migration
alter table bot_sessions drop constraint regress_key, add constraint regress_key primary key (session_id, created_at);
:migration
alter table bot_sessions drop constraint regress_key, add constraint regress_key primary key (created_at);
:migration
-- its name is the user's
alter table bot_sessions drop constraint regress_key, add constraint regress_key primary key (session_id);
:migration
select status from bot_session_start('bot1');
rollback;
