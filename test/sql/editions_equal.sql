-- Both editions have the same functions, types and triggers: names, arguments, defaults, results, properties, comments.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
create temp view catalog as
  select 'function' as what, p.oid::regprocedure::text as name, concat_ws(' | ', pg_get_function_arguments(p.oid),
    pg_get_function_result(p.oid), prokind, provolatile, proparallel, proisstrict, proretset, proleakproof, proowner::regrole, proacl,
    obj_description(p.oid, 'pg_proc')) as is
  from pg_proc p where pronamespace = to_regnamespace('public')
  union all
  select 'type', t.oid::regtype::text, concat_ws(' | ', typowner::regrole, typacl, obj_description(t.oid, 'pg_type'),
    (select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) from pg_attribute where attrelid = t.typrelid and attnum > 0))
  from pg_type t where typnamespace = to_regnamespace('public') and typname in ('bot_session', 'bot_session_lease')
  union all
  select 'trigger', tgname, concat_ws(' | ', pg_get_triggerdef(oid), tgenabled)
  from pg_trigger where tgrelid in (to_regclass('public.bot_sessions'), to_regclass('public.bot_session_leases'), to_regclass('public.bot_session_data')) and not tgisinternal
  union all
  select 'column', attrelid::regclass::text, concat_ws(' | ', attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum))
  from pg_attribute where attrelid in (to_regclass('public.bot_sessions'), to_regclass('public.bot_session_events'), to_regclass('public.bot_session_leases'), to_regclass('public.bot_session_data')) and attnum > 0
  union all
  select 'table', oid::regclass::text, concat_ws(' | ', relowner::regrole, relacl, relrowsecurity, obj_description(oid, 'pg_class'))
  from pg_class where oid in (to_regclass('public.bot_sessions'), to_regclass('public.bot_session_events'), to_regclass('public.bot_session_leases'), to_regclass('public.bot_session_data'));

drop schema public cascade;
create schema public;
set local botsession.edition = 'c';
:migration
create temp table c as select * from catalog;
drop schema public cascade;
create schema public;
set local botsession.edition = 'plpgsql';
:migration
select what, count(*), (select count(*) from c where c.what = catalog.what) as in_c from catalog group by what order by what;
select 'c' as edition, * from (table c except table catalog) a union all select 'plpgsql', * from (table catalog except table c) b;

-- what all of them promise
select proname, pg_get_function_arguments(oid) as arguments, pg_get_function_result(oid) as result from pg_proc
where pronamespace = 'public'::regnamespace order by proname;
select count(*) from pg_proc where pronamespace = 'public'::regnamespace
  and provolatile = case when proname in ('bot_session_overview', 'bot_session_version') then 's' else 'v' end::"char" and proparallel = 'u' and not proisstrict and obj_description(oid, 'pg_proc') <> '';
-- callers' rights: only the audit triggers of the PL/pgSQL edition run as their owner, and all have a search_path of their own
select proname, prosecdef, proconfig from pg_proc where pronamespace = 'public'::regnamespace order by proname;
select attname, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'bot_session'::regclass order by attnum;
select attname, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'bot_session_lease'::regclass order by attnum;
rollback;
