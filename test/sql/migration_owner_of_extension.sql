-- Created by a role that is no superuser: all objects are that role's, and the superuser's default privileges undone.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create role regress_user;
do $$ declare r text; begin
  execute format('grant create on database %I to regress_user', current_database());
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
create schema public authorization regress_user;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on types to anon, authenticated, service_role;
set local botsession.edition = 'c';
set role regress_user;
:migration
select extowner::regrole, extnamespace::regnamespace, extrelocatable from pg_extension where extname = 'botsession';
select proname, proowner::regrole, has_function_privilege('anon', oid, 'execute') as anon,
  has_function_privilege('authenticated', oid, 'execute') as authenticated, has_function_privilege('service_role', oid, 'execute') as service_role
from pg_proc where pronamespace = 'public'::regnamespace order by proname;
select typowner::regrole, has_type_privilege('anon', oid, 'usage') as anon from pg_type where typname = 'bot_session';
-- what was granted to service_role is the migration's doing, not an initial privilege: a dump would leave that out
select count(*) from pg_init_privs i, aclexplode(i.initprivs) a
where a.grantee in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole) and i.objoid in
  (select oid from pg_proc where pronamespace = 'public'::regnamespace);
select status from bot_session_start('bot1');
select event, actor_role from bot_session_events;
-- again, and to the other edition, by the same role
:migration
set local botsession.edition = 'plpgsql';
:migration
select status, previous_status from bot_session_start('bot1');
rollback;
