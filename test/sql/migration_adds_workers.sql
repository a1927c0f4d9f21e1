-- A database from before there were workers: functions, type and triggers are replaced, rows, grants and the rest stay.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
create role regress_user;
drop schema public cascade;
create schema public;
create table bot_sessions (session_id text primary key, created_at timestamptz not null default now(), last_message text,
  status text not null default 'active', qr_data text, updated_at timestamptz not null default now());
create table bot_session_events (event_id bigint generated always as identity primary key, session_id text, event text not null,
  reason text, actor_role text, actor_sub text, happened_at timestamptz not null default clock_timestamp());
insert into bot_sessions (session_id, last_message) values ('bot1', 'hello');
create type bot_session as (session_id text, created_at timestamptz, last_message text, status text, qr_data text,
  updated_at timestamptz, previous_status text);
create function bot_session_start(session_id text) returns bot_session language plpgsql as 'begin return null; end';
create function bot_session_touch(session_id text, last_message text default null, qr_data text default null,
  heartbeat_interval interval default null) returns bot_session language plpgsql as 'begin return null; end';
create function bot_session_end(session_id text, reason text default null) returns bot_session language plpgsql as 'begin return null; end';
create function bot_session_touch_many(sessions jsonb) returns setof bot_session language plpgsql as 'begin return; end';
create function bot_session_expire(idle interval, max_sessions integer default 1000, reason text default 'expired')
returns setof bot_session language plpgsql as 'begin return; end';
create function bot_session_maintain() returns trigger language plpgsql as 'begin return new; end';
create function bot_session_audit() returns trigger language plpgsql as 'begin return new; end';
create trigger zz_bot_sessions_maintain before insert or update on bot_sessions for each row execute function bot_session_maintain();
create trigger aa_bot_sessions_audit after insert or update or delete on bot_sessions for each row execute function bot_session_audit();
alter table bot_sessions disable trigger aa_bot_sessions_audit;
grant execute on function bot_session_start(text), bot_session_end(text, text) to regress_user;
grant usage on type bot_session to regress_user;
-- what depends on the old ones is never dropped
create view regress_view as select status from bot_session_start('bot1');
savepoint s;
\set VERBOSITY sqlstate
:migration
rollback to s;
\set VERBOSITY default
drop view regress_view;
:migration
select pg_get_function_identity_arguments(oid) as start_arguments, has_function_privilege('regress_user', oid, 'execute') as granted
from pg_proc where proname in ('bot_session_start', 'bot_session_end', 'bot_session_touch') order by proname;
select has_type_privilege('regress_user', 'bot_session', 'usage') as type_granted;
select tgname, tgenabled from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
alter table bot_sessions enable trigger user;
select last_message, previous_status, fence is not null as leased from bot_session_start('bot1', 'w1');
select event, reason from bot_session_events order by event_id;
rollback;
