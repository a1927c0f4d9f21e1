-- anon, authenticated and service_role, in a database whose default privileges grant nothing, as Supabase's of 2026.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

set client_min_messages = warning;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
drop schema public cascade;
create schema public;
grant usage on schema public to anon, authenticated, service_role;
:migration

select r as role, c.relname, string_agg(p, ', ' order by n) as may
from unnest('{anon,authenticated,service_role}'::text[]) r,
  unnest('{select,insert,update,delete,truncate,references,trigger}'::text[]) with ordinality p (p, n), pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege(r, c.oid, p)
group by r, c.relname order by r, c.relname;
select r as role, p.oid::regprocedure as may_execute
from unnest('{anon,authenticated,service_role}'::text[]) r, pg_proc p
where p.pronamespace = 'public'::regnamespace and has_function_privilege(r, p.oid, 'execute') order by r, p.proname;
select r as role, has_type_privilege(r, 'bot_session', 'usage') as type,
  has_sequence_privilege(r, 'bot_session_events_event_id_seq', 'usage, select, update') as sequence
from unnest('{anon,authenticated,service_role}'::text[]) r order by r;
select polrelid::regclass as on_table, polname, polcmd, polroles::regrole[] as roles, pg_get_expr(polqual, polrelid) as using
from pg_policy where polrelid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_leases'::regclass, 'bot_session_data'::regclass) order by polname;

-- service_role can do all that a bot service does
set role service_role;
select status, previous_status from bot_session_start('bot1');
select last_message, qr_data from bot_session_touch('bot1', 'hello', 'qr-1');
select status from bot_session_end('bot1', 'why');
select session_id from bot_session_touch_many('[{"session_id": "bot1"}]');
select session_id from bot_session_expire('1 hour');
insert into bot_sessions (session_id) values ('bot2');
update bot_sessions set last_message = 'direct' where session_id = 'bot2';
delete from bot_sessions where session_id = 'bot2';
select session_id, event, reason, actor_role from bot_session_events order by event_id;
\set VERBOSITY sqlstate
-- but not rewrite history
delete from bot_session_events;
insert into bot_session_events (session_id, event) values ('bot1', 'forged');
update bot_session_events set event = 'forged';
truncate bot_sessions;
set role anon;
select * from bot_session_start('bot1');
select * from bot_sessions;
select * from bot_session_events;
set role authenticated;
select * from bot_session_start('bot1');
select * from bot_sessions;
select * from bot_session_events;
rollback;
