-- The roles and default privileges of a Supabase project, for the tests: run in a fresh database by
-- the superuser supabase_admin.
--
--   psql -v privileges=old ...   projects created before 2026: everything new in public is granted
--                                to anon, authenticated and service_role
--   psql -v privileges=new ...   nothing is granted, not even to service_role

\set ON_ERROR_STOP 1

select format('create role %I %s', name, options)
  from (values
    ('postgres', 'login nosuperuser createdb createrole replication bypassrls'),
    ('anon', 'nologin noinherit'),
    ('authenticated', 'nologin noinherit'),
    ('service_role', 'nologin noinherit bypassrls'),
    ('authenticator', 'login noinherit')) as wanted(name, options)
 where not exists (select from pg_catalog.pg_roles where rolname = name)
\gexec

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;
select format('grant all on database %I to postgres with grant option', current_database())
\gexec

create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
create publication supabase_realtime;

grant all on schema public to postgres with grant option;
grant usage on schema public to anon, authenticated, service_role;

select format('alter default privileges for role %I in schema public grant all on %s to postgres%s',
              creator, kind,
              case :'privileges' when 'old' then ', anon, authenticated, service_role' else '' end)
  from unnest(array['postgres', 'supabase_admin']) as creator,
       unnest(array['tables', 'functions', 'sequences']) as kind
\gexec
