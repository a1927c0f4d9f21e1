if not public.bot_session_lease_allows(id, fence) then
  if fence is not null then
    --include include/fence_is_stale.sql
  end if;
  raise exception using
    errcode = 'PT409',
    message = 'a worker holds the lease of the session',
    detail = format('Session "%s" is run by a worker, and no fence was given; nothing was read or written.', session_id),
    hint = 'Pass the fence that bot_session_start or bot_session_claim returned.';
end if;
