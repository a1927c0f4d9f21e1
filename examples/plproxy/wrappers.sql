-- Writes the PL/Proxy functions of a router: run it in a shard, its output in the router's database.
--
--   psql -At -d SHARD -f wrappers.sql | psql -d ROUTER
--
-- Every function of the API, with the names, arguments, defaults and result that it has in the shard, by its first argument:
--
--   session_id    goes to the shard of that session
--   sessions      an array, split by shard; the answers come back in its order
--   saves         the same, with one JSON array as the answer
--   fences        an object whose keys are session ids, split by shard
--   else          goes to all shards: a limit like max_sessions is then each shard's own
--
-- Run it again after an upgrade of the shards: it replaces what it made before. The cluster is the foreign server `bots` of the router.

\set ON_ERROR_STOP 1

with api as (
  select p.proname as name, p.proargnames[1] as key, t.typrelid,
    pg_get_function_arguments(p.oid) as arguments,
    pg_get_function_result(p.oid) as result,
    -- the arguments after the first: to declare, and to hand on
    regexp_replace(pg_get_function_identity_arguments(p.oid), '^[^,]*', '') as more_declared,
    (select coalesce(string_agg(', ' || quote_ident(a), '' order by i), '')
     from unnest(p.proargnames) with ordinality as u (a, i) where i between 2 and p.pronargs) as more
  from pg_proc p
  join pg_type t on t.oid = p.prorettype
  where p.pronamespace = 'public'::regnamespace and p.proname ~ '^bot_session_' and p.pronargs > 0
    -- not those that the shard's functions call
    and p.proname not in ('bot_session_lease_allows', 'bot_session_lock_leases', 'bot_session_owner')
),
types as (
  select a.attrelid as typrelid, a.attrelid::regclass as name,
    string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum) as attributes,
    string_agg(format('a.%I', a.attname), ', ' order by a.attnum) as columns
  from pg_attribute a
  where a.attrelid in (select typrelid from api) and a.attnum > 0 and not a.attisdropped
  group by a.attrelid
),
statements (place, name, statement) as (
  -- From md5: the same in every version of PostgreSQL, which hashtext() does not promise.
  select 0, '', 'begin;'
  union all
  select 1, '', format($$do $_$
declare
  f regprocedure;
begin
  for f in select oid from pg_proc where pronamespace = 'public'::regnamespace and proname = any (%L) loop
    execute 'drop function ' || f;
  end loop;
end $_$;$$, array_agg(name::text) || array_agg(name || '_split')) from api
  union all
  values (2, '', $$create or replace function bot_session_shard(session_id text) returns integer
language sql immutable set search_path = pg_catalog as
$_$ select ('x' || left(md5(coalesce(session_id, '')), 8))::bit(32)::integer $_$;$$)
  union all
  select 2, name::text, format('drop type if exists %s; create type %1$s as (%s);', name, attributes) from types
  union all
  select 3, name, format($$create function %I(%s) returns %s language plproxy as $_$
  cluster 'bots';
  run on %s;
$_$;$$, name, arguments, result, case key when 'session_id' then 'bot_session_shard(session_id)' else 'all' end)
  from api where key not in ('sessions', 'saves', 'fences')
  union all
  select 3, name, format($$create function %I(elements jsonb[]%s) returns %s language plproxy as $_$
  cluster 'bots';
  split elements;
  run on bot_session_shard(elements ->> 'session_id');
  select * from %I(%s%s);
$_$;$$, name || '_split', more_declared, result, name,
      case key when 'sessions' then 'to_jsonb(elements)'
        else $$(select jsonb_object_agg(e ->> 'session_id', e -> 'fence') from unnest(elements) e)$$ end, more)
  from api where key in ('sessions', 'fences')
  union all
  select 3, name, format($$create function %I(elements jsonb[]) returns setof jsonb language plproxy as $_$
  cluster 'bots';
  split elements;
  run on bot_session_shard(elements ->> 'session_id');
  select jsonb_array_elements(%I(to_jsonb(elements)));
$_$;$$, name || '_split', name)
  from api where key = 'saves'
  union all
  -- The answers for one session come in the order of its elements, so that the nth belongs to the nth.
  select 4, api.name, format($$create function %I(%s) returns %s language plpgsql as $_$
#variable_conflict use_column
begin
  if jsonb_typeof(sessions) is distinct from 'array' then
    raise 'sessions is not an array' using errcode = '22023';
  end if;
  return query
    with element as (
      select i, e ->> 'session_id' as id, row_number() over (partition by e ->> 'session_id' order by i) as nth
      from jsonb_array_elements(sessions) with ordinality as u (e, i)
    ),
    answer as (
      select *, row_number() over (partition by session_id order by ordinality) as nth
      from %I(array(select e from jsonb_array_elements(sessions) e)%s) with ordinality
    )
    select %s from element join answer a on a.session_id = id and a.nth = element.nth order by i;
end $_$;$$, api.name, arguments, result, api.name || '_split', more, columns)
  from api join types using (typrelid) where key = 'sessions'
  union all
  select 4, name, format($$create function %I(%s) returns %s language plpgsql as $_$
begin
  if jsonb_typeof(saves) is distinct from 'array' then
    raise 'saves is not an array' using errcode = '22023';
  end if;
  return (
    with element as (
      select i, e ->> 'session_id' as id, row_number() over (partition by e ->> 'session_id' order by i) as nth
      from jsonb_array_elements(saves) with ordinality as u (e, i)
    ),
    answer as (
      select a, a ->> 'session_id' as id, row_number() over (partition by a ->> 'session_id' order by ordinality) as nth
      from %I(array(select e from jsonb_array_elements(saves) e)) with ordinality as u (a, ordinality)
    )
    select coalesce(jsonb_agg(a order by i), '[]') from element join answer using (id, nth));
end $_$;$$, name, arguments, result, name || '_split')
  from api where key = 'saves'
  union all
  select 4, name, format($$create function %I(%s) returns %s language plpgsql as $_$
begin
  if jsonb_typeof(fences) is distinct from 'object' then
    raise 'fences is not an object' using errcode = '22023';
  end if;
  return query select * from %I(array(
    select jsonb_build_object('session_id', key, 'fence', value) from jsonb_each(fences))%s);
end $_$;$$, name, arguments, result, name || '_split', more)
  from api where key = 'fences'
  union all
  select 5, '', 'commit;'
)
select statement from statements order by place, name;
