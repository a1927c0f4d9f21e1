-- Everything that is wrong with a table is listed in one round: names, types, key, rows, constraints.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
create table bot_sessions (id serial primary key, "sessionId" varchar(100) unique,
  status varchar(20) check (status in ('connecting', 'connected', 'disconnected')), qr text not null default '',
  "createdAt" timestamptz, "updatedAt" timestamp);
insert into bot_sessions ("sessionId", status, "updatedAt") values ('bot1', 'connected', 'infinity'), ('', 'connecting', now()), (null, null, null);
:migration
alter table bot_sessions rename "sessionId" to session_id;
alter table bot_sessions rename qr to qr_data;
alter table bot_sessions rename "createdAt" to created_at;
alter table bot_sessions rename "updatedAt" to updated_at;
delete from bot_sessions where coalesce(session_id, '') = '';
alter table bot_sessions
  drop constraint bot_sessions_status_check, drop constraint bot_sessions_pkey, add primary key (session_id),
  alter session_id type text, alter status type text using case status when 'disconnected' then 'inactive' else 'active' end,
  alter qr_data drop not null, alter updated_at type timestamptz, add column last_message text;
update bot_sessions set created_at = now(), updated_at = now();
:migration
select status, previous_status from bot_session_start('bot1');
rollback;
