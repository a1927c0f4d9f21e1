if current_setting('transaction_isolation') not like 'read%' then
  -- The snapshot is older than the locks: a lease that changed since is an error here.
  perform
  from public.bot_session_leases l
  where l.session_id = any (array(select g.id from unnest(local.ids, local.fences) as g (id, fence) where g.fence is not null))
  order by l.session_id collate "C"
  for share;
end if;
live := array(
  select l.expires_at > clock_timestamp()
  from (
    -- The limit makes the planner expect one row, and look up each lease by the key's index.
    select g.id, g.fence::bigint, g.number
    from unnest(local.ids, local.fences) with ordinality as g (id, fence, number)
    limit (select cardinality(local.ids))
  ) as g
  left join public.bot_session_leases l on l.session_id = g.id and l.fence = g.fence
  order by g.number);
