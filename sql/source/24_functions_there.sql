  -- Functions and type as they were before there were workers are replaced.
  before_workers := exists (
    select from pg_attribute
    where attrelid = to_regclass('public.bot_session') and not attisdropped
    having array_agg(format('%s %s', attname, format_type(atttypid, atttypmod)) order by attnum) = bot_session_attributes[:7]);

  problems := problems || array(
    select format('function %s is in the way: rename or drop it', p.oid::regprocedure)
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any (function_names)
      and (pg_get_function_identity_arguments(p.oid), format_type(p.prorettype, null)) not in (
        ('session_id text, worker text, ttl interval', 'public.bot_session'),
        ('session_id text, last_message text, qr_data text, fence bigint, heartbeat_interval interval', 'public.bot_session'),
        ('session_id text, reason text, fence bigint', 'public.bot_session'),
        ('sessions jsonb', 'public.bot_session'),
        ('idle interval, max_sessions integer, reason text', 'public.bot_session'),
        ('worker text, max_sessions integer, ttl interval', 'public.bot_session_lease'),
        ('fences jsonb, ttl interval', 'public.bot_session_lease'),
        ('fences jsonb', 'public.bot_session_lease'),
        ('', 'trigger'))
      and not (before_workers and format_type(p.prorettype, null) = 'public.bot_session')
    union all
    select format('function %s is in the way: rename or drop it', p.oid::regprocedure)
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = 'bot_session_overview'
      and pg_get_function_identity_arguments(p.oid) <> 'stale_after interval');

  problems := problems || array(
    select format('type %s is not ours, or was altered: undo that, or rename or drop it', t.oid::regtype)
    from pg_type t
    left join pg_class c on c.oid = t.typrelid
    where t.typnamespace = 'public'::regnamespace and t.typname in ('bot_session', 'bot_session_lease')
      and not (t.typname = 'bot_session' and before_workers)
      and (c.relkind is distinct from 'c' or array(
        select format('%s %s', attname, format_type(atttypid, atttypmod))
        from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped
        order by attnum)
      <> case t.typname when 'bot_session' then bot_session_attributes else bot_session_lease_attributes end));

  -- To replace a function is not to become its owner, who could change it again for whoever calls it.
  problems := problems || array(
    select format('%s belongs to role %s, who could change it: drop it, or give it to %s', object, owner, tables_owner)
    from (
      select format('function %s', oid::regprocedure), proowner::regrole
      from pg_proc
      where pronamespace = 'public'::regnamespace and proname = any (function_names || name 'bot_session_overview')
      union all
      select format('type %s', oid::regtype), typowner::regrole
      from pg_type
      where typnamespace = 'public'::regnamespace and typname in ('bot_session', 'bot_session_lease')
    ) as found (object, owner)
    where owner not in (tables_owner, current_user::regrole, coalesce((select extowner from pg_extension
        where extname = 'botsession'), 0)::regrole)
      and not exists (select from pg_database where datname = current_database() and datdba = owner)
      and not (select rolsuper from pg_roles where oid = owner)
    order by object);

  problems := problems || array(
    select format('extension botsession %s', case
      when extnamespace <> 'public'::regnamespace then format('is installed in schema %s', extnamespace::regnamespace)
      else format('belongs to role %s: run this as that role', extowner::regrole) end)
    from pg_extension
    where extname = 'botsession'
      and (extnamespace <> 'public'::regnamespace or not pg_has_role(extowner, 'usage')));

  if problems <> '{}' then
    raise object_not_in_prerequisite_state using
      message = 'botsession cannot be installed over what is there; nothing was changed',
      detail = array_to_string(problems, e'\n'),
      hint = 'Mend what the detail lists, then run create_bot_sessions.sql again.';
  end if;
