-- Tables without functions, as a dump of the C edition leaves them on a server without it: the functions come back.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, last_message) values ('bot1', 'hello');

begin;
set local client_min_messages = warning;
do $$ begin
  if exists (select from pg_extension where extname = 'botsession') then
    drop extension botsession cascade;
  else
    drop type bot_session, bot_session_lease cascade;
    drop function bot_session_maintain, bot_session_audit, bot_session_audit_lease, bot_session_version, bot_session_owner,
      bot_session_lease_allows, bot_session_lock_leases, bot_session_save, bot_session_save_many, bot_session_load,
      bot_session_forget, bot_session_audit_data cascade;
  end if;
end $$;
select count(*) as functions from pg_proc where proname like 'bot\_session%';
select count(*) as triggers from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal;
:migration
select count(*) as functions from pg_proc where proname like 'bot\_session%';
select tgname from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
select last_message, previous_status from bot_session_start('bot1');
select event from bot_session_events order by event_id;
rollback;
