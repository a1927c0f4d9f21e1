-- Who may create objects in the schema, or has temporary ones, cannot have them run by whoever installs there.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events restart identity cascade;

set client_min_messages = warning;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
drop schema public cascade;
create schema public;
create role regress_attacker;
grant all on schema public to regress_attacker;
create function pg_temp.traps(target text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $do$
declare f text;
begin
  -- closer in their argument types than the functions and operators of the server
  foreach f in array array['format(text, text, text)', 'format(text, text, oid)', 'format(text, name, text)', 'format(text, regprocedure, regrole)',
    'to_regrole(text)', 'to_regclass(text)', 'to_regtype(text)', 'lower(varchar)', 'current_setting(text, boolean)',
    'set_config(text, text, boolean)', 'has_database_privilege(name, text)', 'pg_has_role(regrole, text)', 'array_to_string(text[], text)',
    'text_eq(name, text)', 'text_eq(text, varchar)', 'text_eq("char", text)', 'array_cat(text[], text)', 'name_any(name, name[])'] loop
    execute format('create function %s.%s returns text language plpgsql as ''begin raise exception $e$trapped as %%$e$, current_user; end''', target, f);
  end loop;
  execute format('create operator %1$s.= (leftarg = name, rightarg = text, function = %1$s.text_eq)', target);
  execute format('create operator %1$s.<> (leftarg = text, rightarg = varchar, function = %1$s.text_eq)', target);
  execute format('create operator %1$s.= (leftarg = "char", rightarg = text, function = %1$s.text_eq)', target);
  execute format('create operator %1$s.|| (leftarg = text[], rightarg = text, function = %1$s.array_cat)', target);
  execute format('create operator %1$s.= (leftarg = name, rightarg = name[], function = %1$s.name_any)', target);
  foreach f in array '{text, regclass, regrole, oid, name, jsonb, timestamptz, interval, bigint}'::text[] loop
    execute format('create domain %s.%I as pg_catalog.int4 check (value < 0)', target, f);
  end loop;
  foreach f in array '{pg_class, pg_proc, pg_type, pg_trigger, pg_extension, pg_roles}'::text[] loop
    execute format('create table %s.%I (nothing pg_catalog.int4)', target, f);
  end loop;
end
$do$;
grant temporary on database :DBNAME to regress_attacker;
select pg_my_temp_schema()::regnamespace as schema \gset
grant all on schema :schema to regress_attacker;
set role regress_attacker;
select pg_temp.traps('public');
reset role;
-- what a pooled connection may have left behind
select pg_temp.traps('pg_temp');

-- the extension by itself, then in both editions by the migration
savepoint s;
create extension botsession schema public;
rollback to s;
set local botsession.edition = 'c';
:migration
savepoint c;
set request.jwt.claims = '{"sub": "user-1"}';
select status, previous_status from public.bot_session_start('bot1');
select status, previous_status from public.bot_session_end('bot1');
rollback to s;
set local botsession.edition = 'plpgsql';
:migration
-- and again over what is there
:migration
rollback to s;

-- What is called as ours is never taken for ours
set role regress_attacker;
create type public.bot_session as (session_id pg_catalog.text);
reset role;
\set VERBOSITY sqlstate
create extension botsession schema public;
rollback;
