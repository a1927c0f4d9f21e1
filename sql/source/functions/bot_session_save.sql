create or replace function public.bot_session_save(session_id text, data jsonb, fence bigint default null)
returns integer
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_save.session_id;
  content alias for $2;
  argument text;
  entry jsonb;
  element_kind text collate "default";
  element_key text collate "default";
  element_value text collate "default";
  too_long bigint;
  numbers bigint[];
  ids text[] collate "default";
  kinds text[] collate "default";
  keys text[] collate "default";
  vals text[] collate "default";
  touched text[];
  status text;
  leases integer;
begin
  --include include/check_session_id.sql
  -- One key with a value, as in most calls, does without arrays: if that is all, nothing is left without it.
  if pg_column_size(content) < 10000 then
    element_kind := jsonb_path_query_first(content, '$.keyvalue().key', silent => true) #>> '{}';
    entry := jsonb_path_query_first(content, '$.*.keyvalue() ? (@.value.type() == "string")', silent => true);
    element_key := entry ->> 'key';
    element_value := entry ->> 'value';
  end if;
  if (content - element_kind = '{}' and (content -> element_kind) - element_key = '{}'
      and octet_length(element_kind) between 1 and 64 and octet_length(element_key) between 1 and 512) is not true then
    element_value := null;
    --include include/data_check.sql
    --include include/data_arrays.sql
    from (select 1, local.id, content) as e (number, id, content)
    --include include/data_entries.sql
    if too_long is not null then
      --include include/data_too_long.sql
    end if;
  end if;

  select s.status into local.status from public.bot_sessions s where s.session_id = local.id for no key update;
  if not found then
    --include include/session_not_found.sql
  end if;
  --include include/data_fence_locked.sql
  if status is distinct from 'active' then
    raise exception using
      errcode = 'PT409',
      message = 'session is inactive',
      detail = format('Session "%s" has ended and takes no data.', id),
      hint = 'Start it again with bot_session_start.';
  end if;

  if element_value is not null then
    update public.bot_session_data d
    set value = local.element_value, updated_at = clock_timestamp()
    where d.session_id = local.id and d.kind = local.element_kind and d.key = local.element_key and d.value <> local.element_value;
    if found then
      return 1;
    end if;
    perform
    from public.bot_session_data d
    where d.session_id = local.id and d.kind = local.element_kind and d.key = local.element_key and d.value = local.element_value;
    if found then
      return 0;
    end if;
    insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
    values (local.id, local.element_kind, local.element_key, local.element_value, clock_timestamp())
    on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp();
    return found::integer;
  end if;
  if numbers is not null then
    --include include/data_write.sql
  end if;
  return coalesce(cardinality(touched), 0);
end
$function$;

comment on function public.bot_session_save(text, jsonb, bigint) is
'Saves what the bot of a session logs in with, all or nothing, under the caller''s lease.

session_id: name of the session.
data: an object of kinds, each an object of keys and values: {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}. A value is text and kept character for character. null deletes the key; null for a kind deletes the kind. Keys that are not named are kept.
fence: the fence of the caller''s lease. Without one nothing is written while a lease is live.
Returns the number of rows inserted, changed or deleted. Equal values are not written again. A save does not count as activity of the session.
Locks the row of bot_sessions; sets all columns of bot_session_data.
Errors: PT404 no such session; PT409 a stale fence, a live lease and no fence, or the session is inactive; 22004 session_id is null; 22023 it is empty or too long, data is no such object, a kind has not 1 to 64 bytes, a key not 1 to 512, or a value more than 64 MB; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT, INSERT and UPDATE of bot_session_data, DELETE if something is deleted. Whether a lease is live is asked as the owner of the tables.';
