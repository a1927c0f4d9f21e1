  ---------------------------------------------------------------------------
  -- 2. What is there already must fit.
  ---------------------------------------------------------------------------

  sessions := to_regclass('public.bot_sessions');
  events := to_regclass('public.bot_session_events');
  leases := to_regclass('public.bot_session_leases');
  sessions_created := sessions is null;
  events_created := events is null;
  leases_created := leases is null;
  fences_created := to_regclass('public.bot_session_fences') is null;
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
      when a.attname is null then format('table public.%s has no column %s: add it as %s', expected.tab, expected.col, expected.typ)
      when a.atttypid <> expected.typ::regtype then format('column %s of public.%s is of type %s: it must be %s',
        expected.col, expected.tab, format_type(a.atttypid, a.atttypmod), expected.typ)
      when a.attgenerated <> '' then format('column %s of public.%s is a generated column', expected.col, expected.tab)
      else format('column %s of public.%s is NOT NULL: let it be null', expected.col, expected.tab)
    end
    from (values
      (sessions, 'bot_sessions', 'session_id', 'text'),
      (sessions, 'bot_sessions', 'created_at', 'timestamp with time zone'),
      (sessions, 'bot_sessions', 'last_message', 'text'),
      (sessions, 'bot_sessions', 'status', 'text'),
      (sessions, 'bot_sessions', 'qr_data', 'text'),
      (sessions, 'bot_sessions', 'updated_at', 'timestamp with time zone'),
      (events, 'bot_session_events', 'event_id', 'bigint'),
      (events, 'bot_session_events', 'session_id', 'text'),
      (events, 'bot_session_events', 'event', 'text'),
      (events, 'bot_session_events', 'reason', 'text'),
      (events, 'bot_session_events', 'actor_role', 'text'),
      (events, 'bot_session_events', 'actor_sub', 'text'),
      (events, 'bot_session_events', 'happened_at', 'timestamp with time zone'),
      (leases, 'bot_session_leases', 'session_id', 'text'),
      (leases, 'bot_session_leases', 'worker', 'text'),
      (leases, 'bot_session_leases', 'fence', 'bigint'),
      (leases, 'bot_session_leases', 'expires_at', 'timestamp with time zone'),
      (leases, 'bot_session_leases', 'released_at', 'timestamp with time zone')
    ) as expected (rel, tab, col, typ)
    left join pg_attribute a on a.attrelid = expected.rel and a.attname = expected.col and not a.attisdropped
    where (select relkind in ('r', 'p') from pg_class where oid = expected.rel)
      and (a.attname is null or a.atttypid <> expected.typ::regtype or a.attgenerated <> ''
        or a.attnotnull and expected.col in ('qr_data', 'reason', 'actor_sub', 'expires_at', 'released_at')));

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
