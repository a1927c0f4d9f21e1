  ---------------------------------------------------------------------------
  -- 4. Functions and types of the other edition go, and those that another version made otherwise. Their grants and the
  --    state of the triggers are kept. What else depends on them is yours to drop, never CASCADE.
  ---------------------------------------------------------------------------

  declare
    other_edition boolean := (edition = 'c') <> (extension_version is not null);
    types_going pg_catalog.oid[];
    going pg_catalog.oid[]; -- functions
    extension_goes boolean;
    dependents pg_catalog.text;
  begin
    if not other_edition and exists (select from pg_extension_update_paths('botsession')
        where source = extension_version and target = available_version and path is not null) then
      alter extension botsession update;
      extension_version := available_version;
    end if;

    types_going := array(
      select t.oid
      from unnest(our_types[:][1:1], our_types[:][2:2]) as ours (name, attributes)
      join pg_type t on t.typnamespace = 'public'::regnamespace and t.typname = ours.name
      where other_edition or ours.attributes <> (
        select string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
        from pg_attribute
        where attrelid = t.typrelid and attnum > 0 and not attisdropped));
    -- bot_session_overview is the same function in both editions.
    going := array(
      select p.oid
      from unnest(our_functions[:][1:1], our_functions[:][2:2], our_functions[:][3:3]) as ours (name, arguments, result)
      join pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = ours.name
      where other_edition and ours.name <> 'bot_session_overview' or p.prorettype = any (types_going)
        or pg_get_function_identity_arguments(p.oid) <> ours.arguments or pg_get_function_result(p.oid) <> ours.result
        -- replaced by its owner, and called below
        or edition = 'c' and ours.name <> 'bot_session_overview'
          and p.prolang <> (select oid from pg_language where lanname = 'c'));
    -- An extension goes as a whole, also where it lacks a function, or where no script leads to the server's version.
    extension_goes := extension_version is not null
      and (other_edition or extension_version <> available_version or types_going <> '{}'
        or exists (
          select from unnest(our_functions[:][1:1]) as ours (name)
          where ours.name <> 'bot_session_overview' and not exists (
            select from pg_proc
            where pronamespace = 'public'::regnamespace and proname = ours.name and oid <> all (going))));
    if extension_goes then
      going := array(
        select oid
        from pg_proc
        where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1])
          and (proname <> 'bot_session_overview' or oid = any (going)));
      types_going := array(
        select oid from pg_type where typnamespace = 'public'::regnamespace and typname = any (our_types[:][1:1]));
    end if;

    -- Grants by name alone: the arguments may be others in this version.
    old_grants := array(
      select format('grant execute on function public.%I to %s%s', p.proname, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_proc p
      cross join aclexplode(p.proacl) a
      where p.oid = any (going) and a.grantee not in (0, p.proowner) and a.grantee::regrole::text <> 'anon'
      union all
      select format('grant usage on type %s to %s%s', t.oid::regtype, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_type t
      cross join aclexplode(t.typacl) a
      where t.oid = any (types_going) and a.grantee not in (0, t.typowner) and a.grantee::regrole::text <> 'anon');
    -- Triggers as they are: renamed, or with a condition; disabled, or ENABLE ALWAYS, also those of a partition alone.
    old_triggers := array(
      select pg_get_triggerdef(oid)
      from pg_trigger
      where tgfoid = any (going) and tgparentid = 0
    ) || array(
      select format('alter table %s %s trigger %I', tgrelid::regclass,
        case tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, tgname)
      from pg_trigger
      where tgfoid = any (going) and tgenabled <> 'O');

    for statement in
      select format('drop trigger %I on %s', tgname, tgrelid::regclass)
      from pg_trigger
      where tgfoid = any (going) and tgparentid = 0
      union all
      select format('drop function %s', string_agg(oid::regprocedure::text, ', '))
      from pg_proc
      where oid = any (going) and (not extension_goes or proname = 'bot_session_overview')
      having count(*) > 0
      union all
      select 'drop extension botsession' where extension_goes
      union all
      select format('drop type %s', string_agg(oid::regtype::text, ', '))
      from pg_type
      where oid = any (types_going) and not extension_goes
      having count(*) > 0
    loop
      execute statement;
    end loop;
  exception when dependent_objects_still_exist then
    get stacked diagnostics dependents = pg_exception_detail;
    raise dependent_objects_still_exist using
      message = 'functions and types of botsession cannot be replaced because other objects depend on them; '
        'nothing was changed',
      detail = dependents,
      hint = 'Drop what the detail lists, run create_bot_sessions.sql again, and create it anew.';
  end;
