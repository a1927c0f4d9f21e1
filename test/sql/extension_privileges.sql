-- The extension alone, without the migration: nothing is PUBLIC's, nor anon's by default privileges.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
create role regress_user;
drop schema public cascade;
create schema public;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on types to anon, authenticated, service_role;
create extension botsession schema public;
select r as role, p.oid::regprocedure as may_execute
from unnest('{anon,authenticated,service_role,regress_user}'::text[]) r, pg_proc p
where p.pronamespace = 'public'::regnamespace and has_function_privilege(r, p.oid, 'execute') order by r, p.proname;
select r as role from unnest('{anon,authenticated,service_role,regress_user}'::text[]) r where has_type_privilege(r, 'bot_session', 'usage');
select count(*) as functions from pg_proc p where p.pronamespace = 'public'::regnamespace;
rollback;
