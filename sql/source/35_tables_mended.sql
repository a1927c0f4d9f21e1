  foreach statement in array mends loop
    execute statement;
  end loop;

  -- A sequence that is behind, as after a restore, would give out once more what was given out already.
  for statement in
    select format('select setval(%L, %s)', sequences.name, sequences.highest)
    from (values
      ('public.bot_session_fences', highest_fence),
      (pg_get_serial_sequence('public.bot_session_events', 'event_id'), highest_event)
    ) as sequences (name, highest)
    where sequences.highest > coalesce(pg_sequence_last_value(sequences.name::regclass), 0)
  loop
    execute statement;
  end loop;

  -- Row level security, without which whoever may read one row of a table may read all.
  if not (select relrowsecurity from pg_class where oid = 'public.bot_sessions'::regclass) then
    alter table public.bot_sessions enable row level security;
  end if;
  if not (select relrowsecurity from pg_class where oid = 'public.bot_session_events'::regclass) then
    alter table public.bot_session_events enable row level security;
  end if;
  if not (select relrowsecurity from pg_class where oid = 'public.bot_session_leases'::regclass) then
    alter table public.bot_session_leases enable row level security;
  end if;
  if not (select relrowsecurity from pg_class where oid = 'public.bot_session_data'::regclass) then
    alter table public.bot_session_data enable row level security;
  end if;
