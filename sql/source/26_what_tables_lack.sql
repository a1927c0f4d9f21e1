
  -- What tables that were there before lack. To alter a table is to run code of its owner's, as above.
  mends := array(
    select statements.statement
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][4:4], our_columns[:][5:5])
      with ordinality as ours (tab, col, nulls, value, n)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attname = ours.col
    -- The sequence that the column takes its values from
    left join lateral (
      select c.oid, c.relowner = tables_owner as owned
      from pg_attrdef def
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = def.oid
        and d.refclassid = 'pg_class'::regclass
      join pg_class c on c.oid = d.refobjid and c.relkind = 'S'
      where def.adrelid = a.attrelid and def.adnum = a.attnum
      limit 1) as sequence on true
    cross join lateral pg_get_serial_sequence('public.' || ours.tab, ours.col) as serial (name)
    cross join lateral format('alter table public.%s alter %s ', ours.tab, ours.col) as alter_column
    cross join lateral (
      select ours.col = 'event_id' and a.attidentity = '' and sequence.owned is not true) as event_id (lost)
    cross join lateral (values
      (1, ours.nulls = 'not null' and not a.attnotnull, alter_column || 'set not null'),
      (2, ours.col = 'fence' and a.attidentity <> '', alter_column || 'drop identity'),
      (3, event_id.lost and a.atthasdef, alter_column || 'drop default'),
      (4, event_id.lost and serial.name is not null, format('alter sequence %s owned by none', serial.name)),
      (5, event_id.lost, alter_column || 'add generated always as identity'),
      (6, ours.value <> '' and not a.atthasdef
        or ours.col = 'fence' and sequence.oid is distinct from to_regclass('public.bot_session_fences'),
        alter_column || 'set default ' || ours.value)
    ) as statements (step, needed, statement)
    where statements.needed
    order by ours.n, statements.step

  ) || array(
    select format('create index %s on public.%s %s',
      case when to_regclass('public.' || wanted.name) is null then wanted.name end, wanted.tab, wanted.definition)
    from (values
      ('bot_session_events', 'bot_session_events_session_id_idx', '(session_id, event_id)', 'session_id', 'event_id'),
      ('bot_session_leases', 'bot_session_leases_abandoned_idx',
        '(coalesce(expires_at, released_at)) where coalesce(expires_at, released_at) is not null',
        'COALESCE(expires_at, released_at)', '')
    ) as wanted (tab, name, definition, first, second)
    where to_regclass('public.' || wanted.tab) is not null and not exists (
      select from pg_index i
      where i.indrelid = to_regclass('public.' || wanted.tab) and i.indisvalid
        and pg_get_indexdef(i.indexrelid, 1, true) = wanted.first
        and pg_get_indexdef(i.indexrelid, 2, true) = wanted.second
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', wanted.first)))

  ) || array(
    -- Leases and data go with their session. The foreign key is gone where bot_sessions was dropped and recreated.
    select statements.statement
    from unnest(array[leases, data]) with ordinality as ours (rel, n)
    cross join lateral (
      select array_agg(c.conname) filter (where rule.works) as good,
        array_agg(c.conname) filter (where not rule.works) as bad
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum] and a.attname = 'session_id'
      -- conenforced is new in 18
      cross join lateral (select c.confupdtype = 'c' and c.confdeltype = 'c'
        and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) as rule (works)
      where c.conrelid = ours.rel and c.confrelid = sessions and c.contype = 'f' and c.conparentid = 0
    ) as found
    cross join lateral (
      select 1, format('alter table %s drop constraint %I', ours.rel::regclass, name) from unnest(found.bad) as name
      union all
      select missing.step, format(missing.statement, ours.rel::regclass)
      from (values
        (2, 'delete from %s t where not exists (select from public.bot_sessions s where s.session_id = t.session_id)'),
        (3, 'alter table %s add foreign key (session_id) references public.bot_sessions'
          ' on update cascade on delete cascade')
      ) as missing (step, statement)
      where found.good is null
    ) as statements (step, statement)
    where ours.rel is not null
    order by ours.n, statements.step);

  if tables_owner <> current_user::regrole and mends <> '{}' then
    problems := problems || format('run this as role %s, whose tables lack something: %s',
      tables_owner, array_to_string(mends, '; '));
  end if;

  if problems <> '{}' then
    raise object_not_in_prerequisite_state using
      message = 'botsession cannot be installed over what is there; nothing was changed',
      detail = array_to_string(problems, e'\n'),
      hint = 'Mend all that the detail lists, then run create_bot_sessions.sql again. '
        'docs/install.md shows how ("A table that is there already").';
  end if;

  objects_there := functions_there || types_there || array(
    select oid
    from pg_class
    where oid = any (relations_there) or oid = case when events is not null then
      pg_get_serial_sequence('public.bot_session_events', 'event_id')::regclass end);
