-- Functions and types of the right shape that belong to another role: that role could replace them later.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create role regress_attacker;
grant all on schema public to regress_attacker;
set role regress_attacker;
create type public.bot_session as (session_id text, created_at timestamptz, last_message text, status text, qr_data text,
  updated_at timestamptz, previous_status text, fence bigint);
create function public.bot_session_end(session_id text, reason text, fence bigint) returns public.bot_session
  language sql as 'select null::public.bot_session';
create function public.bot_session_overview(stale_after interval) returns table (session_id text, state text, has_qr boolean, worker text,
  lease_expires_at timestamptz, created_at timestamptz, updated_at timestamptz, idle interval)
  language sql as 'select null::text, null::text, null::bool, null::text, now(), now(), now(), null::interval';
reset role;
select current_user \gset
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
:migration
\set VERBOSITY default
-- who runs it differs from one server to the next
do $$
declare
  detail text;
begin
  execute pg_read_file((select setting from pg_config() where name = 'SHAREDIR') || '/extension/create_bot_sessions.sql');
exception when object_not_in_prerequisite_state then
  get stacked diagnostics detail = pg_exception_detail;
  raise warning '%', replace(detail, format('give it to %s', current_user::regrole), 'give it to me');
end
$$;
-- given to the one who runs it
alter type bot_session owner to :"current_user";
alter function bot_session_end(text, text, bigint) owner to :"current_user";
alter function bot_session_overview(interval) owner to :"current_user";
:migration
select count(*) from pg_proc where pronamespace = 'public'::regnamespace and proowner = 'regress_attacker'::regrole;
rollback;
