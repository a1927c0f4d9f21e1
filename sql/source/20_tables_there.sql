  ---------------------------------------------------------------------------
  -- 2. What is there already must fit.
  ---------------------------------------------------------------------------

  sessions := to_regclass('public.bot_sessions');
  events := to_regclass('public.bot_session_events');
  leases := to_regclass('public.bot_session_leases');
  tables_owner := coalesce((select relowner from pg_class where oid = sessions), current_user::regrole);

  if not pg_has_role(tables_owner, 'usage') then
    problems := problems || format('table public.bot_sessions belongs to role %s: run this as that role', tables_owner);
  end if;

  problems := problems || array(
    select format('public.%s is not a table: rename or drop it', relname)
    from pg_class
    where oid in (sessions, events, leases) and relkind not in ('r', 'p')
    union all
    select format('public.%s is not a sequence: rename or drop it', relname)
    from pg_class
    where oid = to_regclass('public.bot_session_fences') and relkind <> 'S'
    union all
    select 'sequence public.bot_session_fences must count up, with NO CYCLE and CACHE 1: no fence may come again, or late'
    from pg_sequence
    where seqrelid = to_regclass('public.bot_session_fences') and (seqincrement < 0 or seqcycle or seqcache > 1));

  problems := problems || array(
    select case
      when a.attname is null then format('table public.%s has no column %s: add it as %s', ours.tab, ours.col, ours.typ)
      when a.atttypid <> ours.typ::regtype then format('column %s of public.%s is of type %s: it must be %s',
        ours.col, ours.tab, format_type(a.atttypid, a.atttypmod), ours.typ)
      when a.attgenerated <> '' then format('column %s of public.%s is a generated column', ours.col, ours.tab)
      else format('column %s of public.%s is NOT NULL: let it be null', ours.col, ours.tab)
    end
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][3:3], our_columns[:][4:4])
      with ordinality as ours (tab, col, typ, nulls, n)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    left join pg_attribute a on a.attrelid = t.oid and a.attname = ours.col and not a.attisdropped
    where a.attname is null or a.atttypid <> ours.typ::regtype or a.attgenerated <> '' or a.attnotnull and ours.nulls = 'null'
    order by ours.n);

  problems := problems || array(
    select format('the primary key of public.%s must be (session_id), not deferrable', t.relname)
    from pg_class t
    where t.oid in (sessions, leases) and t.relkind in ('r', 'p') and not exists (
      select from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and a.attname = 'session_id'
      where c.conrelid = t.oid and c.contype = 'p' and not c.condeferrable and c.conkey = array[a.attnum])
    order by t.relname desc);

  problems := problems || array(
    select 'column event_id of public.bot_session_events has no default: make it an identity column'
    from pg_class t
    join pg_attribute a on a.attrelid = t.oid and a.attname = 'event_id'
    where t.oid = events and t.relkind in ('r', 'p') and not a.atthasdef and a.attidentity = '');

  problems := problems || array(
    select format('%s public.%s must have the owner of public.bot_sessions, %s',
      case relkind when 'S' then 'sequence' else 'table' end, relname, tables_owner)
    from pg_class
    where oid in (events, leases, to_regclass('public.bot_session_fences')) and relowner <> tables_owner
    order by relname);

  problems := problems || array(
    select format('trigger %I of %s is not ours: rename or drop it', t.tgname, t.tgrelid::regclass)
    from unnest(our_triggers[:][1:1], our_triggers[:][2:2], our_triggers[:][5:5]) as ours (tab, trigger, function)
    join pg_trigger t on t.tgrelid = to_regclass('public.' || ours.tab) and t.tgname = ours.trigger
    where t.tgfoid is distinct from to_regprocedure(format('public.%I()', ours.function))
    order by t.tgname);
