create or replace function public.bot_session_save_many(saves jsonb)
returns jsonb
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  element jsonb;
  content jsonb;
  argument text;
  number integer := 0;
  too_long bigint;
  numbers bigint[];
  ids text[] collate "default";
  kinds text[] collate "default";
  keys text[] collate "default";
  vals text[] collate "default";
  all_ids text[] collate "default";
  all_kinds text[] collate "default";
  all_keys text[] collate "default";
  all_vals text[] collate "default";
  touched text[];
  changed jsonb;
  statuses jsonb;
  leased boolean;
  id text collate "default";
  fence bigint;
  refused text;
  rounds integer[] := '{}'::integer[];
  round_of jsonb := '{}'::jsonb;
  answers jsonb[] := '{}'::jsonb[];
begin
  if saves is null or jsonb_typeof(saves) <> 'array' then
    raise invalid_parameter_value using
      message = 'saves must be a JSON array',
      hint = 'For example [{"session_id": "bot1", "data": {"creds": {"creds": "text"}}, "fence": 42}].';
  end if;
  for element in select jsonb_array_elements(saves) loop
    number := number + 1;
    argument := format('data of element %s of saves', number);
    content := element -> 'data';
    --include include/save_check.sql
    --include include/data_check.sql
  end loop;
  --include include/data_arrays.sql
  from (
    select e.number, e.element ->> 'session_id', e.element -> 'data'
    from jsonb_array_elements(saves) with ordinality as e (element, number)
    offset 0) as e (number, id, content)
  --include include/data_entries.sql
  if too_long is not null then
    argument := format('data of element %s of saves', too_long);
    --include include/data_too_long.sql
  end if;

  -- All sessions first, in one order for all batches, then their leases.
  statuses := (
    select coalesce(jsonb_object_agg(session_id, coalesce(status, '')), '{}')
    from (
      select s.session_id, s.status
      from public.bot_sessions s
      where s.session_id = any (array(select jsonb_array_elements(saves) ->> 'session_id'))
      order by s.session_id collate "C"
      for no key update
    ) as in_order);
  leased := public.bot_session_lock_leases(array(
    select jsonb_object_keys(statuses)
    intersect
    select e.element ->> 'session_id'
    from jsonb_array_elements(saves) as e (element)
    where e.element ->> 'fence' is null or current_setting('transaction_isolation') not like 'read%')) > 0;

  number := 0;
  for element in select jsonb_array_elements(saves) loop
    number := number + 1;
    id := element ->> 'session_id';
    fence := (element ->> 'fence')::bigint;
    refused := case
      when statuses -> id is null then 'PT404'
      when (fence is not null or leased) and not public.bot_session_lease_allows(id, fence)
        or statuses ->> id <> 'active' then 'PT409'
    end;
    if refused is null then
      -- The first of each session in one round, the second in the next.
      rounds[number] := coalesce((round_of ->> id)::integer, 0) + 1;
      round_of := round_of || jsonb_build_object(id, rounds[number]);
    else
      answers[number] := jsonb_build_object('session_id', id, 'refused', refused);
    end if;
  end loop;

  all_ids := ids;
  all_kinds := kinds;
  all_keys := keys;
  all_vals := vals;
  for round in 1 .. coalesce((select max(r) from unnest(rounds) as r), 0) loop
    select array_agg(g.id), array_agg(g.kind), array_agg(g.key), array_agg(g.value)
    into ids, kinds, keys, vals
    from unnest(numbers, all_ids, all_kinds, all_keys, all_vals) as g (number, id, kind, key, value)
    where rounds[g.number] = round;
    touched := '{}'::text[];
    if ids is not null then
      --include include/data_write.sql
    end if;
    changed := (
      select jsonb_object_agg(t.id, t.n)
      from (select u.id, count(*) as n from unnest(touched) as u (id) group by u.id) as t);
    for position in 1 .. jsonb_array_length(saves) loop
      if rounds[position] = round then
        id := saves -> (position - 1) ->> 'session_id';
        answers[position] := jsonb_build_object('session_id', id, 'changed', coalesce((changed ->> id)::integer, 0));
      end if;
    end loop;
  end loop;
  return to_jsonb(answers);
end
$function$;

comment on function public.bot_session_save_many(jsonb) is
'Saves for many sessions in one transaction, as bot_session_save does for one.

saves: an array of {"session_id": ..., "data": ..., "fence": ...}; fence is optional.
Returns an array with one answer per element, in input order: {"session_id": ..., "changed": 3}, or {"session_id": ..., "refused": "PT404" or "PT409"} if nothing of that element was written. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_save.';
