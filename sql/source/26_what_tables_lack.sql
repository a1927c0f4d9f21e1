  -- What the functions need of tables that were there before. To alter a table is to run code of its owner's, as above.
  mends := array(
    select statements.statement
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][4:4], our_columns[:][5:5])
      with ordinality as ours (tab, col, nulls, value, n)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attname = ours.col and not a.attisdropped
    -- The sequence that the column takes its values from
    left join lateral (
      select c.oid, c.relowner = tables_owner as owned
      from pg_attrdef def
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = def.oid and d.refclassid = 'pg_class'::regclass
      join pg_class c on c.oid = d.refobjid and c.relkind = 'S'
      where def.adrelid = a.attrelid and def.adnum = a.attnum
      limit 1) as sequence on true
    cross join lateral pg_get_serial_sequence('public.' || ours.tab, ours.col) as serial (name)
    cross join lateral (values
      (1, ours.nulls = 'not null' and not a.attnotnull,
        format('alter table public.%s alter %s set not null', ours.tab, ours.col)),
      (2, ours.col = 'fence' and a.attidentity <> '' or ours.col = 'event_id' and a.atthasdef and a.attidentity = '' and sequence.owned is not true,
        format('alter table public.%s alter %s drop %s', ours.tab, ours.col, case when a.attidentity <> '' then 'identity' else 'default' end)),
      (3, ours.col = 'event_id' and a.attidentity = '' and sequence.owned is not true and serial.name is not null,
        format('alter sequence %s owned by none', serial.name)),
      (4, ours.col = 'event_id' and a.attidentity = '' and sequence.owned is not true,
        format('alter table public.%s alter %s add generated always as identity', ours.tab, ours.col)),
      (5, ours.value <> '' and not a.atthasdef or ours.col = 'fence' and sequence.oid is distinct from to_regclass('public.bot_session_fences'),
        format('alter table public.%s alter %s set default %s', ours.tab, ours.col, ours.value))
    ) as statements (step, needed, statement)
    where statements.needed
    order by ours.n, statements.step

  ) || array(
    select format('create index %s on public.%s %s',
      case when to_regclass('public.' || wanted.name) is null then wanted.name end, wanted.tab, wanted.definition)
    from (values
      (events, 'bot_session_events', 'bot_session_events_session_id_idx', '(session_id, event_id)', 'session_id', 'event_id'),
      (leases, 'bot_session_leases', 'bot_session_leases_abandoned_idx',
        '(coalesce(expires_at, released_at)) where coalesce(expires_at, released_at) is not null',
        'COALESCE(expires_at, released_at)', '')
    ) as wanted (rel, tab, name, definition, first, second)
    where wanted.rel is not null and not exists (
      select from pg_index i
      where i.indrelid = wanted.rel and i.indisvalid and pg_get_indexdef(i.indexrelid, 1, true) = wanted.first
        and pg_get_indexdef(i.indexrelid, 2, true) = wanted.second
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', wanted.first)))

  ) || array(
    -- What goes with its session. The foreign key is gone too where bot_sessions was dropped and made anew.
    select statements.statement
    from unnest('{bot_session_leases, bot_session_data}'::text[]) with ordinality as ours (tab, n)
    cross join lateral (
      select array_agg(c.conname) filter (where rule.works) as good, array_agg(c.conname) filter (where not rule.works) as bad
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum] and a.attname = 'session_id'
      -- conenforced is new in 18
      cross join lateral (select c.confupdtype = 'c' and c.confdeltype = 'c'
        and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) as rule (works)
      where c.conrelid = to_regclass('public.' || ours.tab) and c.confrelid = sessions and c.contype = 'f' and c.conparentid = 0
    ) as found
    cross join lateral (
      select 1, format('alter table public.%s drop constraint %I', ours.tab, name) from unnest(found.bad) as name
      union all
      select 2, format('delete from public.%s t where not exists (select from public.bot_sessions s where s.session_id = t.session_id)', ours.tab)
      where found.good is null
      union all
      select 3, format('alter table public.%s add foreign key (session_id) references public.bot_sessions on update cascade on delete cascade', ours.tab)
      where found.good is null
    ) as statements (step, statement)
    where to_regclass('public.' || ours.tab) is not null
    order by ours.n, statements.step);

  if tables_owner <> current_user::regrole and mends <> '{}' then
    problems := problems || format('run this as role %s, whose tables lack something: %s', tables_owner, array_to_string(mends, '; '));
  end if;

  if problems <> '{}' then
    raise object_not_in_prerequisite_state using
      message = 'botsession cannot be installed over what is there; nothing was changed',
      detail = array_to_string(problems, e'\n'),
      hint = 'Mend all that the detail lists, then run create_bot_sessions.sql again. docs/install.md shows how ("A table that is there already").';
  end if;

  objects_there := array(
    select oid from pg_class where relnamespace = 'public'::regnamespace and relname = any (our_tables[:][1:1])
      or oid = case when events is not null then pg_get_serial_sequence('public.bot_session_events', 'event_id')::regclass end
    union all
    select oid from pg_proc where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1])
    union all
    select oid from pg_type where typnamespace = 'public'::regnamespace and typname = any (our_types[:][1:1]));
