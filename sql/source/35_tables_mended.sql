
  foreach statement in array mends loop
    execute statement;
  end loop;
  for statement in
    select format('alter %s %s owner to %s',
      case relkind when 'S' then 'sequence' else 'table' end, oid::regclass, tables_owner)
    from pg_class
    where relnamespace = 'public'::regnamespace and relname = any (our_tables[:][1:1]) and relowner <> tables_owner
    union all
    -- without which whoever may read one row of a table may read all
    select format('alter table %s enable row level security', oid::regclass)
    from pg_class
    where oid = any (relations_there) and relkind in ('r', 'p') and not relrowsecurity
    union all
    -- A sequence that is behind, as after a restore, would give out once more what was given out already.
    select format('select setval(%L, %s)', sequences.name, sequences.highest)
    from (values
      ('public.bot_session_fences', highest_fence),
      (pg_get_serial_sequence('public.bot_session_events', 'event_id'), highest_event)
    ) as sequences (name, highest)
    where sequences.highest > coalesce(pg_sequence_last_value(sequences.name::regclass), 0)
  loop
    execute statement;
  end loop;
