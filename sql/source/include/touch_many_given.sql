-- Subqueries hide the arrays from the planner, so that one plan does for all calls, and a limit that it does not know
-- makes it expect one row, and look each up by the key's index.
select g.number::integer, g.id, g.message, g.qr, g.fence
from unnest((select local.ids), (select local.messages), (select local.qrs), (select local.fences::bigint[]))
  with ordinality as g (id, message, qr, fence, number)
limit (select cardinality(local.ids))
