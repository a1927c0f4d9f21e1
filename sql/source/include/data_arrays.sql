-- Into arrays, so that the statements that follow are planned without guesses about JSON. What has no value is to be
-- deleted, where the key is null too all of its kind. The empty key, which no row has, stands for a kind without keys.
select min(e.number) filter (where not (octet_length(k.key) between 1 and 64
    and coalesce(octet_length(v.key), 1) between 1 and 512 and coalesce(octet_length(v.value), 0) <= 67108864)),
  array_agg(e.number), array_agg(e.id), array_agg(k.key),
  array_agg(coalesce(v.key, case jsonb_typeof(k.value) when 'object' then '' end)), array_agg(v.value)
into too_long, numbers, ids, kinds, keys, vals
