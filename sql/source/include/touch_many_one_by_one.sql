for number in
  select n from generate_subscripts(local.ids, 1) as n where local.places[n] is null order by n
loop
  result := null;
  result.session_id := ids[number];
  if result.session_id = any (locked) then
    select
      --include include/session_columns.sql
      s.status, null::bigint
    into before
    from public.bot_sessions s
    where s.session_id = result.session_id;
    if found and fences[number] is not null and (before.status = 'active' and live[number]) is not true then
      result := before; -- the row says so, by having no fence
    elsif found and qrs[number] <> '' and before.status is distinct from 'active' then
      -- The row says so; what else is given is recorded.
      result := case when messages[number] is null then before
        else public.bot_session_touch(result.session_id, messages[number], null::text, null::bigint, null::interval) end;
    elsif found then
      result := public.bot_session_touch(result.session_id, messages[number], qrs[number], null::bigint, null::interval);
      result.fence := fences[number]::bigint;
    end if;
  end if;
  others := others || number;
  results := results || result;
end loop;
