---------------------------------------------------------------------------
-- 8. What is installed now, whose the tables are, and what visitors of the API may do with it. If an error is shown
--    above, this is how it was before.
---------------------------------------------------------------------------

select
  case when extension.oid is null then 'plpgsql' else 'c' end as edition,
  coalesce(extension.extversion, pg_catalog.substring(
    pg_catalog.obj_description(pg_catalog.to_regprocedure('public.bot_session_overview(interval)'), 'pg_proc'),
    '[^ ]+$')) as version,
  pg_catalog.pg_get_userbyid((
    select relowner from pg_catalog.pg_class where oid = pg_catalog.to_regclass('public.bot_sessions'))) as owner,
  coalesce(visitors.may ->> 'anon', 'no such role') as anon_may,
  coalesce(visitors.may ->> 'authenticated', 'no such role') as authenticated_may
from (
  select pg_catalog.jsonb_object_agg(r.rolname, coalesce(a.may, 'nothing')) as may
  from pg_catalog.pg_roles r
  cross join lateral (
    select pg_catalog.string_agg(pg_catalog.lower(privilege) || ' ' || object, ', ' order by object, privilege) as may
    from (
      select privilege, c.relname::pg_catalog.text as object
      from pg_catalog.pg_class c
      cross join pg_catalog.unnest('{SELECT, INSERT, UPDATE, REFERENCES, DELETE, TRUNCATE, TRIGGER, MAINTAIN, USAGE}'
        ::pg_catalog.text[]) as privilege
      where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname ~ '^bot_session(s$|_)' and case
        when c.relkind = 'S' and privilege in ('SELECT', 'UPDATE', 'USAGE')
          then pg_catalog.has_sequence_privilege(r.oid, c.oid, privilege)
        when c.relkind not in ('r', 'p', 'v', 'm', 'f') or privilege = 'USAGE' then false
        when privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
          then pg_catalog.has_any_column_privilege(r.oid, c.oid, privilege)
        -- Servers before 17 do not know it.
        when privilege = 'MAINTAIN' and pg_catalog.current_setting('server_version_num')::integer < 170000 then false
        else pg_catalog.has_table_privilege(r.oid, c.oid, privilege) end
      union all
      select 'EXECUTE', p.proname
      from pg_catalog.pg_proc p
      where p.pronamespace = 'public'::pg_catalog.regnamespace and p.proname ~ '^bot_session_'
        and p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
        and pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
    ) as granted
  ) as a
  where r.rolname in ('anon', 'authenticated')
) as visitors
left join pg_catalog.pg_extension as extension on extension.extname = 'botsession'
where pg_catalog.to_regtype('public.bot_session') is not null;
