-- Type bot_session altered by its owner. The C edition says so (42804) until it is as it was; PL/pgSQL leaves the new
-- attribute NULL but in a batch: an alternative expected file. The migration makes it anew in both.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select session_id from bot_session_touch_many('[{"session_id": "bot1"}]');

begin;
alter type bot_session add attribute regress_attribute text;
select status, previous_status from bot_session_start('bot1');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}]');
:migration
select status, previous_status from bot_session_start('bot1');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}]');
rollback;
select status, previous_status from bot_session_start('bot1');
