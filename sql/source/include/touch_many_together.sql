repeated := array(select g.id from unnest(local.ids) as g (id) group by g.id having count(*) > 1);
with given as (
  --include include/touch_many_given.sql
)
select array_agg(g.number), array_agg(g.id), array_agg(g.message), array_agg(g.qr), array_agg(g.fence)
into plain, plain_ids, plain_messages, plain_qrs, plain_fences
from given g
where g.id <> all (local.repeated) and (g.fence is null or g.number = any (local.live))
  and (cardinality(local.locked) = cardinality(local.ids) or g.id = any (local.locked));
if plain <> '{}' then
  with updated as (
    update public.bot_sessions s
    set last_message = coalesce(g.message, s.last_message),
      qr_data = case when g.qr is null then s.qr_data else nullif(g.qr, '') end,
      updated_at = case when g.message is null and g.qr is null then clock_timestamp() else s.updated_at end
    from (
      select g.number, g.id, g.message, g.qr, g.fence
      from unnest((select local.plain), (select local.plain_ids), (select local.plain_messages), (select local.plain_qrs),
        (select local.plain_fences)) as g (number, id, message, qr, fence)
      limit (select cardinality(local.plain))
    ) as g
    where s.session_id = g.id and (s.status = 'active' or g.fence is null and (g.qr <> '') is not true)
    returning g.number,
      --include include/session_columns.sql
      g.fence)
  select array_agg(u.number), array_agg(u.session_id), array_agg(u.created_at), array_agg(u.last_message),
    array_agg(u.status), array_agg(u.qr_data), array_agg(u.updated_at), array_agg(u.fence)
  into touched, session_ids, created_ats, last_messages, statuses, codes, updated_ats, row_fences
  from updated u;
end if;
