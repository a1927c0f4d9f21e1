-- The limit makes the planner expect one row, so that one plan does for all calls, and goes to each place.
select g.number, g.place
from unnest(local.places) with ordinality as g (place, number)
limit (select cardinality(local.places))
