select *
from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
limit (select cardinality(local.ids))
