create or replace function public.bot_session_load(session_id text, keys jsonb default null, fence bigint default null)
returns json
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_load.session_id;
  wanted alias for $2;
  too_long boolean;
  kinds text[] collate "default";
  names text[] collate "default";
  result json;
begin
  --include include/check_session_id.sql
  if wanted <> 'null' then
    if jsonb_typeof(wanted) <> 'object' or wanted @? 'strict $.* ? (@.type() != "array" && @.type() != "null"
        || exists (@[*] ? (@.type() != "string")))' then
      raise invalid_parameter_value using
        message = 'keys must be an object of kinds, each null or an array of keys',
        hint = 'For example {"creds": ["creds"], "session": null}; null stands for all.';
    end if;
    -- What has no key is to be loaded whole. The empty key, which no row has, stands for a kind without keys.
    select bool_or(octet_length(k.key) not between 1 and 64 or octet_length(v.key) not between 1 and 512),
      array_agg(k.key), array_agg(coalesce(v.key, case jsonb_typeof(k.value) when 'array' then '' end))
    into too_long, kinds, names
    from jsonb_each(wanted) as k
    left join lateral (
      select distinct jsonb_array_elements_text(case jsonb_typeof(k.value) when 'array' then k.value end)) as v (key) on true;
    if too_long then
      raise invalid_parameter_value using
        message = 'in keys a kind must have 1 to 64 bytes, a key 1 to 512 bytes';
    end if;
  end if;
  -- Reading would be allowed there; what is read may be behind, and an old state breaks a login.
  if current_setting('transaction_read_only')::boolean then
    raise read_only_sql_transaction using
      message = 'cannot execute bot_session_load() in a read-only transaction';
  end if;

  perform from public.bot_sessions s where s.session_id = local.id;
  if not found then
    --include include/session_not_found.sql
  end if;
  --include include/data_fence.sql

  -- All rows by one statement, which has one snapshot. Not by jsonb aggregates, which copy what they have at every level.
  if kinds is null and wanted <> 'null' then
    result := null;
  elsif kinds is null then
    select json_object_agg(e.kind, e.entries) into result
    from (
      select d.kind, json_object_agg(d.key, d.value) as entries
      from public.bot_session_data d
      where d.session_id = local.id
      group by d.kind
    ) as e;
  elsif kinds[1] = all (kinds) and array_position(names, null) is null then
    -- Keys of one kind, as in most calls, need no grouping.
    select json_object_agg(local.kinds[1], e.entries) into result
    from (
      select json_object_agg(one.key, one.value) as entries
      from unnest((select local.names)) as g (key)
      cross join lateral (
        select d.key, d.value
        from public.bot_session_data d
        where d.session_id = local.id and d.kind = local.kinds[1] and d.key = g.key
        limit 1) as one
    ) as e
    where e.entries is not null;
  else
    select json_object_agg(e.kind, e.entries) into result
    from (
      select found.kind, json_object_agg(found.key, found.value) as entries
      from (
        select g.kind, g.key, one.value
        from unnest((select local.kinds), (select local.names)) as g (kind, key)
        cross join lateral (
          select d.value
          from public.bot_session_data d
          where d.session_id = local.id and d.kind = g.kind and d.key = g.key
          limit 1) as one
        union all
        select g.kind, every.key, every.value
        from unnest((select local.kinds), (select local.names)) as g (kind, key)
        cross join lateral (
          select d.key, d.value
          from public.bot_session_data d
          where d.session_id = local.id and d.kind = g.kind
          offset 0) as every
        where g.key is null
      ) as found
      group by found.kind
    ) as e;
  end if;
  return coalesce(result, '{}');
end
$function$;

comment on function public.bot_session_load(text, jsonb, bigint) is
'Loads what the bot of a session logs in with.

session_id: name of the session.
keys: an object of kinds, each an array of keys, or null for the whole kind: {"creds": ["creds"], "session": null}. NULL, the default, loads everything.
fence: the fence of the caller''s lease. Without one nothing is read while a lease is live. For an inactive session give none, or the fence that ended it.
Returns an object of kinds, each an object of keys and values. Missing keys and kinds are left out. A save is seen whole or not at all. Locks and writes nothing.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long, keys is no such object, a kind has not 1 to 64 bytes or a key not 1 to 512; 42501 no privilege; 25006 read-only transaction or a standby, where an old state would break the login; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows; SELECT of bot_sessions and of session_id, kind, key and value of bot_session_data. Whether a lease is live is asked as the owner of the tables.';
