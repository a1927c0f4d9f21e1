  ---------------------------------------------------------------------------
  -- 7. Who may do what: service_role everything that a bot service needs, anon
  --    nothing, authenticated what you grant it.
  ---------------------------------------------------------------------------

  if not (select relrowsecurity from pg_class where oid = 'public.bot_sessions'::regclass) then
    alter table public.bot_sessions enable row level security;
  end if;
  if not (select relrowsecurity from pg_class where oid = 'public.bot_session_events'::regclass) then
    alter table public.bot_session_events enable row level security;
  end if;
  if not (select relrowsecurity from pg_class where oid = 'public.bot_session_leases'::regclass) then
    alter table public.bot_session_leases enable row level security;
  end if;

  functions := (
    select string_agg(oid::regprocedure::text, ', ')
    from pg_proc
    where pronamespace = 'public'::regnamespace and proname = any (function_names || name 'bot_session_overview'));
  execute format('revoke all on function %s from PUBLIC', functions);
  revoke all on type public.bot_session, public.bot_session_lease from PUBLIC;
  revoke all on table public.bot_sessions, public.bot_session_events, public.bot_session_leases from PUBLIC;
  sequence_of_events := pg_get_serial_sequence('public.bot_session_events', 'event_id');
  execute format('revoke all on sequence %s from PUBLIC', concat_ws(', ', 'public.bot_session_fences', sequence_of_events));

  -- From authenticated what this run made, and no more: the rest may have been granted on purpose.
  foreach grantee in array '{anon, authenticated, service_role}'::text[] loop
    continue when to_regrole(grantee) is null;
    functions := (
      select string_agg(oid::regprocedure::text, ', ')
      from pg_proc
      where pronamespace = 'public'::regnamespace and proname = any (function_names || name 'bot_session_overview')
        and (oid <> all (old_functions) or grantee <> 'authenticated'));
    if functions is not null then
      execute format('revoke all on function %s from %I', functions, grantee);
    end if;
    if types_created or grantee <> 'authenticated' then
      execute format('revoke all on type public.bot_session, public.bot_session_lease from %I', grantee);
    end if;
    if sessions_created or grantee <> 'authenticated' then
      execute format('revoke all on table public.bot_sessions from %I', grantee);
    end if;
    if events_created or grantee <> 'authenticated' then
      execute format('revoke all on table public.bot_session_events from %I', grantee);
      if sequence_of_events is not null then
        execute format('revoke all on sequence %s from %I', sequence_of_events, grantee);
      end if;
    end if;
    if leases_created or grantee <> 'authenticated' then
      execute format('revoke all on table public.bot_session_leases from %I', grantee);
    end if;
    if fences_created or grantee <> 'authenticated' then
      execute format('revoke all on sequence public.bot_session_fences from %I', grantee);
    end if;
  end loop;

  if to_regrole('service_role') is not null then
    grant execute on function
      public.bot_session_start(text, text, interval),
      public.bot_session_touch(text, text, text, bigint, interval),
      public.bot_session_end(text, text, bigint),
      public.bot_session_touch_many(jsonb),
      public.bot_session_expire(interval, integer, text),
      public.bot_session_claim(text, integer, interval),
      public.bot_session_renew(jsonb, interval),
      public.bot_session_release(jsonb),
      public.bot_session_overview(interval)
    to service_role;
    grant select, insert, update, delete on table public.bot_sessions to service_role;
    grant select on table public.bot_session_events to service_role;
    grant select, insert, update on table public.bot_session_leases to service_role;
    grant usage on sequence public.bot_session_fences to service_role;

    if not exists (select from pg_policy
        where polrelid = 'public.bot_sessions'::regclass and polname = 'bot_sessions_service_role') then
      create policy bot_sessions_service_role on public.bot_sessions to service_role using (true);
    end if;
    if not exists (select from pg_policy
        where polrelid = 'public.bot_session_events'::regclass and polname = 'bot_session_events_service_role') then
      create policy bot_session_events_service_role on public.bot_session_events to service_role using (true);
    end if;
    if not exists (select from pg_policy
        where polrelid = 'public.bot_session_leases'::regclass and polname = 'bot_session_leases_service_role') then
      create policy bot_session_leases_service_role on public.bot_session_leases to service_role using (true);
    end if;
  end if;

  if old_grants is not null then
    foreach statement in array old_grants loop
      execute statement;
    end loop;
  end if;

  -- PostgREST learns of the functions by this.
  notify pgrst, 'reload schema';
  perform set_config('search_path', caller_search_path, true);
  perform set_config('row_security', caller_row_security, true);
end
$migration$;
