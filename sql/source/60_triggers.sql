  ---------------------------------------------------------------------------
  -- 6. The triggers. Those BEFORE an update fire in the order of their names: this
  --    one is to have the last word, and the audit, AFTER, the first.
  ---------------------------------------------------------------------------

  if old_triggers is not null then
    foreach statement in array old_triggers loop
      execute statement;
    end loop;
  end if;
  if not exists (select from pg_trigger
      where tgrelid = 'public.bot_sessions'::regclass and tgfoid = 'public.bot_session_maintain()'::regprocedure) then
    create trigger zz_bot_sessions_maintain
    before insert or update on public.bot_sessions
    for each row execute function public.bot_session_maintain();
  end if;
  if not exists (select from pg_trigger
      where tgrelid = 'public.bot_sessions'::regclass and tgfoid = 'public.bot_session_audit()'::regprocedure) then
    create trigger aa_bot_sessions_audit
    after insert or update or delete on public.bot_sessions
    for each row execute function public.bot_session_audit();
  end if;
  if not exists (select from pg_trigger
      where tgrelid = 'public.bot_session_leases'::regclass and tgfoid = 'public.bot_session_audit_lease()'::regprocedure) then
    -- Not for a renewal, which sets expires_at alone.
    create trigger aa_bot_session_leases_audit
    after insert or update of worker, fence, released_at on public.bot_session_leases
    for each row execute function public.bot_session_audit_lease();
  end if;
