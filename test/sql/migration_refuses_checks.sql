-- A table that would take no session that ends: a QR code that must not be null, a CHECK on status with other values.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
create table bot_sessions (session_id text primary key, created_at timestamptz, last_message text, status text,
  qr_data text not null default '', updated_at timestamptz);
alter table bot_sessions add constraint regress_connected check (status in ('active', 'connecting')),
  add constraint "regress Known" check (status <> 'unknown'), add check (length(last_message) < 1000);
:migration
alter table bot_sessions alter qr_data drop not null, drop constraint regress_connected;
:migration
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');

-- nothing that somebody wrote into one runs with the rights of whoever runs the migration
create function regress_refuses(text, text) returns boolean language plpgsql as 'begin raise ''called''; end';
create operator public.!!= (function = regress_refuses, leftarg = text, rightarg = text);
alter table bot_sessions add check (regress_refuses(status, 'x')) not valid, add check (status !!= 'x') not valid,
  add check (set_config('regress.called', status, false) <> status) not valid;
:migration
select current_setting('regress.called', true) as called;
rollback;

-- nor is the trail spared
begin;
alter table bot_session_events alter reason set not null, alter event_id drop identity;
alter table bot_session_leases alter released_at set not null;
:migration
-- a default of one's own is as good as an identity column
do $$ begin if to_regrole('anon') is null then create role anon; end if; end $$;
create sequence regress_sequence;
alter table bot_session_events alter reason drop not null, alter event_id set default nextval('regress_sequence');
alter table bot_session_leases alter released_at drop not null;
:migration
select status from bot_session_start('bot1');
select event_id, event from bot_session_events;
rollback;
