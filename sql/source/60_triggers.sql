  ---------------------------------------------------------------------------
  -- 6. The triggers. One that calls our function is ours, whatever you named it; with a condition of yours, it stays
  --    as it is. One that fires for other events is of another version: it is made anew. How you named and enabled it
  --    holds for all that take its place, how you enabled one for those that are missing beside it.
  ---------------------------------------------------------------------------

  declare
    definitions pg_catalog.text[] := array(
      select format('%s ON public.%I %s EXECUTE FUNCTION public.%I()', fires, tab, level, function)
      from unnest(our_triggers[:][1:1], our_triggers[:][3:3], our_triggers[:][4:4], our_triggers[:][5:5])
        with ordinality as t (tab, fires, level, function, n)
      order by n);
    functions pg_catalog.oid[] := array(
      select format('public.%I()', function)::regprocedure from unnest(our_triggers[:][5:5]) as t (function));
    wanted pg_catalog.record;
    enabled pg_catalog."char";
    names pg_catalog.jsonb := '{}'; -- how you named what is replaced, by its name here
    new_name pg_catalog.name;
    old_name pg_catalog.name;
  begin
    foreach statement in array old_triggers loop
      execute statement;
    end loop;

    for wanted in
      select format('public.%I', tab)::regclass as tab, trigger, function, definition,
        min(trigger) over (partition by tab, function) as first
      from unnest(our_triggers[:][1:1], our_triggers[:][2:2], functions, definitions)
        with ordinality as t (tab, trigger, function, definition, n)
      order by n
    loop
      continue when exists (
        select from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and (pg_get_triggerdef(oid) = format('CREATE TRIGGER %I %s', tgname, wanted.definition)
            or tgqual is not null
              and pg_get_triggerdef(oid) not in (select format('CREATE TRIGGER %I %s', tgname, unnest(definitions)))));

      enabled := (
        select tgenabled
        from pg_trigger
        where tgrelid = wanted.tab and tgfoid = any (functions)
          and (tgtype & 2 <> 0) = (wanted.definition like 'BEFORE %')
        order by tgfoid = wanted.function desc, tgname
        limit 1);
      for old_name in
        select tgname
        from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and pg_get_triggerdef(oid) not in (select format('CREATE TRIGGER %I %s', tgname, unnest(definitions)))
        order by tgname desc
      loop
        execute format('drop trigger %I on %s', old_name, wanted.tab);
        names := names || jsonb_build_object(wanted.first, old_name);
      end loop;
      new_name := coalesce(names ->> wanted.first || substr(wanted.trigger, length(wanted.first) + 1), wanted.trigger);
      execute format('create trigger %I %s', new_name, wanted.definition);
      if enabled <> 'O' then
        execute format('alter table %s %s trigger %I', wanted.tab,
          case enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, new_name);
      end if;
    end loop;
  end;
