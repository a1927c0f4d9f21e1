if array_remove(places, null) <> '{}' then
  return query
  with updated as (
    update public.bot_sessions s
    set last_message = coalesce(local.messages[g.number], s.last_message),
      qr_data = case when local.qrs[g.number] is null then s.qr_data else nullif(local.qrs[g.number], '') end,
      updated_at = case when coalesce(local.messages[g.number], local.qrs[g.number]) is null
        then clock_timestamp() else s.updated_at end
    from (
      --include include/touch_many_places.sql
    ) as g
    where s.ctid = g.place
    returning g.number,
      --include include/session_columns.sql
      s.status as previous_status, local.fences[g.number]::bigint as fence)
  select r.session_id, r.created_at, r.last_message, r.status, r.qr_data, r.updated_at, r.previous_status, r.fence
  from (
    select u.* from updated u
    union all
    select o.*
    from rows from (unnest(local.others), unnest(local.results))
      as o (number, session_id, created_at, last_message, status, qr_data, updated_at, previous_status, fence)
  ) as r
  order by r.number;
else
  return query select r.* from unnest(local.results) as r;
end if;
