-- In another schema: the file with the name public replaced. Nothing is left in public, nor looked for there.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed -e '/^.migration.;/q' -e 's/public/regress_schema/g' :'abs_srcdir'/../sql/create_bot_sessions.sql`

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema regress_schema;
:migration
set local search_path = '';
select status, previous_status from regress_schema.bot_session_start('bot1');
select last_message, qr_data from regress_schema.bot_session_touch('bot1', 'hello', 'qr-1');
select last_message, qr_data from regress_schema.bot_session_touch_many('[{"session_id": "bot1", "qr_data": ""}]');
select status, previous_status from regress_schema.bot_session_end('bot1', 'why');
select session_id from regress_schema.bot_session_expire('1 hour');
select event, reason from regress_schema.bot_session_events order by event_id;
-- again
:migration
select count(*) from regress_schema.bot_sessions;
rollback;
-- this session's plans are for the schema that the functions are in
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status, previous_status from bot_session_start('bot1');
select event from bot_session_events;
