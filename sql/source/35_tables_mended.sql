  -- Tables that were there before may lack these.
  for statement in
    select format('alter table public.%I alter %I set not null', ours.tab, ours.col)
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][4:4]) with ordinality as ours (tab, col, nulls, n)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attname = ours.col and not a.attnotnull
    where ours.nulls = 'not null'
    union all
    select format('alter table public.%I alter %I set default %s', ours.tab, ours.col, ours.default)
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][5:5]) with ordinality as ours (tab, col, "default", n)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attname = ours.col and not a.atthasdef
    where ours.default <> ''
  loop
    execute statement;
  end loop;
  -- Also where bot_sessions was dropped and made anew, which took the foreign key with it.
  if not exists (
      select from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
      where c.conrelid = 'public.bot_session_leases'::regclass and c.confrelid = 'public.bot_sessions'::regclass
        and c.contype = 'f' and a.attname = 'session_id') then
    delete from public.bot_session_leases l
    where not exists (select from public.bot_sessions s where s.session_id = l.session_id);
    alter table public.bot_session_leases
      add foreign key (session_id) references public.bot_sessions on update cascade on delete cascade;
  end if;

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
