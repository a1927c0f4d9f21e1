with given as (
  --include include/data_given.sql
), written as (
  update public.bot_session_data d
  set value = g.value, updated_at = clock_timestamp()
  from given g
  where d.session_id = g.id and d.kind = g.kind and d.key = g.key and d.value <> g.value
  returning d.session_id)
select array_agg(session_id) into touched from written;
touched := coalesce(touched, '{}');
if cardinality(touched) < cardinality(array_remove(vals, null)) then
  with given as (
    --include include/data_given.sql
  ), written as (
    insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
    select g.id, g.kind, g.key, g.value, clock_timestamp()
    from given g
    left join lateral (
      select d.value
      from public.bot_session_data d
      where d.session_id = g.id and d.kind = g.kind and d.key = g.key
      limit 1) as old on true
    where g.value <> old.value or g.value is not null and old.value is null
    on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()
    returning d.session_id)
  select touched || coalesce(array_agg(session_id), '{}') into touched from written;
end if;
if array_position(vals, null) is not null then
  if exists (select from unnest(keys, vals) as g (key, value) where g.key <> '' and g.value is null) then
    with given as (
      --include include/data_given.sql
    ), deleted as (
      delete from public.bot_session_data d
      using given g
      where d.session_id = g.id and d.kind = g.kind and d.key = g.key and g.value is null
      returning d.session_id)
    select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
  end if;
end if;
if array_position(keys, null) is not null then
  with given as (
    --include include/data_given.sql
  ), deleted as (
    delete from public.bot_session_data d
    using given g
    where d.session_id = g.id and d.kind = g.kind and g.key is null
    returning d.session_id)
  select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
end if;
