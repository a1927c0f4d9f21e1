-- Columns of the leases that were let be NULL: refused while one is, and NOT NULL again.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
select status from bot_session_start('bot1', worker => 'w1');
select status from bot_session_start('bot2', worker => 'w1');
select status from bot_session_start('bot3', worker => 'w1');
alter table bot_session_leases alter worker drop not null, alter fence drop not null;
update bot_session_leases set fence = null where session_id = 'bot1';
update bot_session_leases set worker = null where session_id = 'bot2';
:migration
delete from bot_session_leases where session_id in ('bot1', 'bot2');
:migration
select attname, attnotnull from pg_attribute
where attrelid = 'bot_session_leases'::regclass and attnum > 0 order by attnum;
select session_id, worker, fence > 0 as fence from bot_session_leases;
rollback;
