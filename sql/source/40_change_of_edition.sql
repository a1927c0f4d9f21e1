  ---------------------------------------------------------------------------
  -- 4. The functions of the other edition go, their grants and the state of the
  --    triggers are kept. What depends on them is yours to drop, never CASCADE.
  ---------------------------------------------------------------------------

  functions := (
    select string_agg(oid::regprocedure::text, ', ')
    from pg_proc
    where pronamespace = 'public'::regnamespace and proname = any (function_names));
  types_created := to_regtype('public.bot_session') is null;
  old_functions := array(
    select oid
    from pg_proc
    where pronamespace = 'public'::regnamespace and proname = any (function_names || name 'bot_session_overview'));

  if functions is not null and ((edition = 'c') <> (extension_version is not null) or before_workers) then
    types_created := true;
    -- By name alone: the arguments may be others in this version.
    old_grants := array(
      select format('grant execute on function public.%I to %s%s', p.proname, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_proc p
      cross join aclexplode(p.proacl) a
      where p.pronamespace = 'public'::regnamespace and p.proname = any (function_names || name 'bot_session_overview')
        and a.grantee not in (0, p.proowner) and a.grantee::regrole::text <> 'anon'
      union all
      select format('grant usage on type %s to %s%s', t.oid::regtype, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_type t
      cross join aclexplode(t.typacl) a
      where t.typnamespace = 'public'::regnamespace and t.typname in ('bot_session', 'bot_session_lease')
        and a.grantee not in (0, t.typowner) and a.grantee::regrole::text <> 'anon');
    -- As they are: renamed, or with a condition.
    old_triggers := array(
      select pg_get_triggerdef(t.oid)
      from pg_trigger t
      join pg_proc p on p.oid = t.tgfoid
      where t.tgrelid in (sessions, leases) and p.pronamespace = 'public'::regnamespace and p.proname = any (function_names)
    ) || array(
      select format('alter table %s %s trigger %I', t.tgrelid::regclass,
        case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, t.tgname)
      from pg_trigger t
      join pg_proc p on p.oid = t.tgfoid
      where p.pronamespace = 'public'::regnamespace and p.proname = any (function_names) and t.tgenabled <> 'O');

    begin
      for statement in
        select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid in (sessions, leases) and p.pronamespace = 'public'::regnamespace and p.proname = any (function_names)
      loop
        execute statement;
      end loop;
      if extension_version is null then
        execute format('drop function %s', functions);
        execute 'drop type public.bot_session';
        execute 'drop type if exists public.bot_session_lease';
      else
        execute 'drop extension botsession';
      end if;
    exception when dependent_objects_still_exist then
      get stacked diagnostics dependents = pg_exception_detail;
      raise dependent_objects_still_exist using
        message = 'cannot change the edition of botsession because other objects depend on it; nothing was changed',
        detail = dependents,
        hint = 'Drop what the detail lists, run create_bot_sessions.sql again, and create it anew.';
    end;
  end if;
