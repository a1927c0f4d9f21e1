  ---------------------------------------------------------------------------
  -- 2. What is there already must fit.
  ---------------------------------------------------------------------------

  sessions := to_regclass('public.bot_sessions');
  events := to_regclass('public.bot_session_events');
  leases := to_regclass('public.bot_session_leases');
  data := to_regclass('public.bot_session_data');
  tables_owner := coalesce((select relowner from pg_class where oid = sessions), current_user::regrole);
  relations_there := array(
    select oid from pg_class where relnamespace = 'public'::regnamespace and relname = any (our_tables[:][1:1]));
  functions_there := array(
    select oid from pg_proc where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1]));
  types_there := array(
    select oid from pg_type where typnamespace = 'public'::regnamespace and typname = any (our_types[:][1:1]));

  -- A column whose name differs by case and underscores alone, as sessionId, is taken for ours.
  real_names := (
    select jsonb_object_agg(ours.tab || '.' || ours.col, a.attname order by a.attname = ours.col)
    from unnest(our_columns[:][1:1], our_columns[:][2:2]) as ours (tab, col)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attnum > 0 and not a.attisdropped
      and lower(replace(a.attname, '_', '')) = replace(ours.col, '_', ''));

  problems := array(
    select checks.what
    from pg_class c
    left join pg_sequence s on s.seqrelid = c.oid
    cross join lateral (
      select case c.relname when 'bot_session_fences' then 'sequence' else 'table' end) as wanted (kind)
    cross join lateral (values
      (1, c.oid = sessions and not pg_has_role(tables_owner, 'usage'),
        format('table public.bot_sessions belongs to role %s: run this as that role', tables_owner)),
      (2, strpos(case wanted.kind when 'table' then 'rp' else 'S' end, c.relkind::text) = 0,
        format('public.%s is not a %s: rename or drop it', c.relname, wanted.kind)),
      (3, s.seqincrement < 0 or s.seqcycle or s.seqcache > 1, 'sequence public.bot_session_fences must count up, '
        'with NO CYCLE and CACHE 1: no fence may come again, or late'),
      (4, c.relowner <> tables_owner, format('%s public.%s must have the owner of public.bot_sessions, %s',
        wanted.kind, c.relname, tables_owner))
    ) as checks (n, wrong, what)
    where c.oid = any (relations_there) and checks.wrong
    order by checks.n, c.relname

  ) || array(
    select checks.what
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][3:3], our_columns[:][4:4])
      with ordinality as ours (tab, col, typ, nulls, n)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    left join pg_attribute a on a.attrelid = t.oid and a.attname = real_names ->> (ours.tab || '.' || ours.col)
    cross join lateral format('column %s of public.%s', quote_ident(a.attname), ours.tab) as the_column
    cross join lateral (values
      (1, a.attname is null, format('table public.%s has no column %s: add it as %s', ours.tab, ours.col, ours.typ)),
      (2, a.attname <> ours.col, format('%s must be named %s: rename it', the_column, ours.col)),
      (3, a.atttypid <> ours.typ::regtype,
        format('%s is of type %s: it must be %s', the_column, format_type(a.atttypid, a.atttypmod), ours.typ)),
      (4, a.attgenerated <> '', format('%s is a generated column', the_column)),
      (5, a.attnotnull and ours.nulls = 'null', format('%s is NOT NULL: let it be null', the_column)),
      (6, t.oid = data and ours.col in ('kind', 'key') and a.atttypid = 'text'::regtype
        and a.attcollation <> '"C"'::regcollation, format('%s must have the collation "C"', the_column))
    ) as checks (n, wrong, what)
    where checks.wrong
    order by ours.n, checks.n

  ) || array(
    select format('the primary key of public.%s must be (%s), not deferrable',
      ours.tab, array_to_string(ours.key, ', '))
    from (values
      (1, 'bot_sessions', '{session_id}'::text[]),
      (2, 'bot_session_leases', '{session_id}'),
      (3, 'bot_session_data', '{session_id, kind, key}')
    ) as ours (n, tab, key)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    where not exists (
      select from pg_constraint
      where conrelid = t.oid and contype = 'p' and not condeferrable and conkey = array(
        select a.attnum
        from unnest(ours.key) with ordinality as k (col, n)
        join pg_attribute a on a.attrelid = t.oid and a.attname = real_names ->> (ours.tab || '.' || k.col)
        order by k.n))
    order by ours.n

  ) || array(
    select format('trigger %I of %s is not ours: rename or drop it', t.tgname, t.tgrelid::regclass)
    from unnest(our_triggers[:][1:1], our_triggers[:][2:2], our_triggers[:][5:5]) as ours (tab, trigger, function)
    join pg_trigger t on t.tgrelid = to_regclass('public.' || ours.tab) and t.tgname = ours.trigger
    where t.tgfoid is distinct from to_regprocedure(format('public.%I()', ours.function))
    order by t.tgname);
