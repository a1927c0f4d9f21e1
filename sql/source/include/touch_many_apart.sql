-- Of a session that is named twice the last element is updated with the others.
select array_agg(e.session_id),
  array_agg(case
    when e.number < e.last then null
    when local.fences[e.number] is null and (e.status = 'active' or (local.qrs[e.number] <> '') is not true) then e.place
    when e.status = 'active' and local.live[e.number] then e.place
  end order by e.number)
into locked, places
from (
  select g.number, g.place, s.session_id, s.status, max(g.number) over (partition by g.place) as last
  from (
    --include include/touch_many_places.sql
  ) as g
  left join public.bot_sessions s on s.ctid = g.place
) as e;
