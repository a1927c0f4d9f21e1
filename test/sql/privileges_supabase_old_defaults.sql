-- Default privileges that grant ALL to anon, authenticated and service_role, as Supabase had them: taken back.
\set SHOW_CONTEXT never
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
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on types to anon, authenticated, service_role;
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
-- nothing of the extension's is an initial privilege for them: a dump would leave it out
select count(*) from pg_init_privs i, aclexplode(i.initprivs) a
where a.grantee in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole) and i.objoid in
  (select oid from pg_proc where pronamespace = 'public'::regnamespace);
rollback;
