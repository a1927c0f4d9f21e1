-- Columns of an older table that bot_session_start does not set, and that must be: taken over, but not without a word.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
create table bot_sessions (session_id text primary key, created_at timestamptz not null, last_message text not null,
  status text not null, qr_data text, updated_at timestamptz not null, "Tenant" integer not null,
  kind text not null default 'whatsapp', id bigint not null generated always as identity, note text);
:migration
-- only when it is taken over
:migration
insert into bot_sessions (session_id, status, last_message, "Tenant") values ('bot1', 'inactive', '', 1);
select status, previous_status from bot_session_start('bot1');
rollback;
