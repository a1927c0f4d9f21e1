  ---------------------------------------------------------------------------
  -- 6. The triggers. One that calls our function is ours, whatever you named it;
  --    with a condition, it stays as it is. One that fires for other events is of
  --    another version: it is made anew. How you enabled one holds for all of its
  --    table that fire at the same time.
  ---------------------------------------------------------------------------

  declare
    definitions pg_catalog.text[] := array(
      select format('%s ON public.%I %s EXECUTE FUNCTION public.%I()', fires, tab, level, function)
      from unnest(our_triggers[:][1:1], our_triggers[:][3:3], our_triggers[:][4:4], our_triggers[:][5:5]) with ordinality
        as t (tab, fires, level, function, n)
      order by n);
    wanted pg_catalog.record;
    enabled pg_catalog."char";
    new_name pg_catalog.name;
    old_name pg_catalog.name;
  begin
    foreach statement in array old_triggers loop
      execute statement;
    end loop;

    for wanted in
      select format('public.%I', tab)::regclass as tab, trigger, format('public.%I()', function)::regprocedure as function,
        definition, count(*) over (partition by tab, function) = 1 as alone
      from unnest(our_triggers[:][1:1], our_triggers[:][2:2], our_triggers[:][5:5], definitions) with ordinality
        as t (tab, trigger, function, definition, n)
      order by n
    loop
      continue when exists (
        select from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and (tgqual is not null or pg_get_triggerdef(oid) = format('CREATE TRIGGER %I %s', tgname, wanted.definition)));

      enabled := (
        select tgenabled
        from pg_trigger
        where tgrelid = wanted.tab and (tgtype & 2 <> 0) = (wanted.definition like 'BEFORE %')
          and tgfoid in (select format('public.%I()', function)::regprocedure from unnest(our_triggers[:][5:5]) as t (function))
        order by tgfoid = wanted.function desc, tgname
        limit 1);
      new_name := wanted.trigger;
      for old_name in
        select tgname
        from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and pg_get_triggerdef(oid) not in (select format('CREATE TRIGGER %I %s', tgname, definition) from unnest(definitions) as definition)
      loop
        execute format('drop trigger %I on %s', old_name, wanted.tab);
        if wanted.alone then
          new_name := old_name;
        end if;
      end loop;
      execute format('create trigger %I %s', new_name, wanted.definition);
      if enabled <> 'O' then
        execute format('alter table %s %s trigger %I', wanted.tab,
          case enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, new_name);
      end if;
    end loop;
  end;
