  ---------------------------------------------------------------------------
  -- 2. What is there already must fit.
  ---------------------------------------------------------------------------

  sessions := to_regclass('public.bot_sessions');
  events := to_regclass('public.bot_session_events');
  leases := to_regclass('public.bot_session_leases');
  data := to_regclass('public.bot_session_data');
  tables_owner := coalesce((select relowner from pg_class where oid = sessions), current_user::regrole);

  if not pg_has_role(tables_owner, 'usage') then
    problems := problems || format('table public.bot_sessions belongs to role %s: run this as that role', tables_owner);
  end if;

  problems := problems || array(
    select format('public.%s is not a table: rename or drop it', relname)
    from pg_class
    where oid in (sessions, events, leases, data) and relkind not in ('r', 'p')
    union all
    select format('public.%s is not a sequence: rename or drop it', relname)
    from pg_class
    where oid = to_regclass('public.bot_session_fences') and relkind <> 'S'
    union all
    select 'sequence public.bot_session_fences must count up, with NO CYCLE and CACHE 1: no fence may come again, or late'
    from pg_sequence
    where seqrelid = to_regclass('public.bot_session_fences') and (seqincrement < 0 or seqcycle or seqcache > 1));

  -- A column of nearly the name, as sessionId for session_id, is meant to be it.
  real_names := (
    select jsonb_object_agg(ours.tab || '.' || ours.col, a.attname order by a.attname = ours.col)
    from unnest(our_columns[:][1:1], our_columns[:][2:2]) as ours (tab, col)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attnum > 0 and not a.attisdropped
      and lower(replace(a.attname, '_', '')) = replace(ours.col, '_', ''));

  problems := problems || array(
    select checks.what
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][3:3], our_columns[:][4:4])
      with ordinality as ours (tab, col, typ, nulls, n)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    left join pg_attribute a on a.attrelid = t.oid and a.attname = real_names ->> (ours.tab || '.' || ours.col)
    cross join lateral (values
      (1, a.attname is null, format('table public.%s has no column %s: add it as %s', ours.tab, ours.col, ours.typ)),
      (2, a.attname <> ours.col, format('column %s of public.%s must be named %s: rename it', quote_ident(a.attname), ours.tab, ours.col)),
      (3, a.atttypid <> ours.typ::regtype, format('column %s of public.%s is of type %s: it must be %s',
        quote_ident(a.attname), ours.tab, format_type(a.atttypid, a.atttypmod), ours.typ)),
      (4, a.attgenerated <> '', format('column %s of public.%s is a generated column', quote_ident(a.attname), ours.tab)),
      (5, a.attnotnull and ours.nulls = 'null', format('column %s of public.%s is NOT NULL: let it be null', quote_ident(a.attname), ours.tab))
    ) as checks (n, wrong, what)
    where checks.wrong
    order by ours.n, checks.n);

  problems := problems || array(
    select format('the primary key of public.%s must be (%s), not deferrable', ours.tab, array_to_string(ours.key, ', '))
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
    order by ours.n);

  problems := problems || array(
    select format('column %s of public.bot_session_data must have the collation "C"', quote_ident(attname))
    from pg_attribute
    where attrelid = data and attname in ('kind', 'key') and atttypid = 'text'::regtype and attcollation <> '"C"'::regcollation
    order by attnum);

  problems := problems || array(
    select format('%s public.%s must have the owner of public.bot_sessions, %s',
      case relkind when 'S' then 'sequence' else 'table' end, relname, tables_owner)
    from pg_class
    where oid in (events, leases, data, to_regclass('public.bot_session_fences')) and relowner <> tables_owner
    order by relname);

  problems := problems || array(
    select format('trigger %I of %s is not ours: rename or drop it', t.tgname, t.tgrelid::regclass)
    from unnest(our_triggers[:][1:1], our_triggers[:][2:2], our_triggers[:][5:5]) as ours (tab, trigger, function)
    join pg_trigger t on t.tgrelid = to_regclass('public.' || ours.tab) and t.tgname = ours.trigger
    where t.tgfoid is distinct from to_regprocedure(format('public.%I()', ours.function))
    order by t.tgname);
