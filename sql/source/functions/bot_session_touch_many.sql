create or replace function public.bot_session_touch_many(sessions jsonb)
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  malformed boolean;
  ids text[] collate "default";
  messages text[];
  qrs text[];
  fences text[]; -- the whole numbers that they are, once checked
  live integer[] := '{}'::integer[]; -- elements with the fence of a live lease
  locked text[] collate "default";
  repeated text[] collate "default";
  plain integer[]; -- elements that are updated together, and the rows as stored
  plain_ids text[] collate "default";
  plain_messages text[];
  plain_qrs text[];
  plain_fences bigint[];
  touched integer[];
  session_ids text[];
  created_ats timestamptz[];
  last_messages text[];
  statuses text[];
  codes text[];
  updated_ats timestamptz[];
  row_fences bigint[];
  others integer[] := '{}'::integer[]; -- the other elements, and their results
  results public.bot_session[] := '{}'::public.bot_session[];
  number integer;
  before public.bot_session;
  result public.bot_session;
begin
  if sessions is null or jsonb_typeof(sessions) <> 'array' then
    raise invalid_parameter_value using
      message = 'sessions must be a JSON array',
      hint = 'For example [{"session_id": "bot1", "last_message": "hello"}].';
  end if;
  select bool_or(case
      when jsonb_typeof(e.element) <> 'object' then true
      else jsonb_typeof(e.element -> 'session_id') is distinct from 'string'
        or char_length(e.element ->> 'session_id') not between 1 and 255
        or jsonb_typeof(e.element -> 'last_message') not in ('string', 'null')
        or jsonb_typeof(e.element -> 'qr_data') not in ('string', 'null')
        or case jsonb_typeof(e.element -> 'fence')
          when 'number' then not (e.element ->> 'fence' ~ '^-?[0-9]+$'
            and (e.element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807)
          else e.element ->> 'fence' is not null
        end
        or e.element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}'
    end),
    array_agg(e.element ->> 'session_id'), array_agg(e.element ->> 'last_message'), array_agg(e.element ->> 'qr_data'),
    array_agg(e.element ->> 'fence')
  into malformed, ids, messages, qrs, fences
  from jsonb_array_elements(sessions) as e (element);
  if malformed then
    --include include/touch_many_malformed.sql
  end if;

  -- Everything is locked first, in one order for all batches. A session created
  -- after that stays unknown: to lock it now would be out of order.
  locked := array(
    select s.session_id
    from public.bot_sessions s
    where s.session_id = any (local.ids)
    order by s.session_id collate "C"
    for no key update);

  if cardinality(array_remove(fences, null)) > 0 then
    if current_setting('transaction_isolation') not like 'read%' then
      -- The snapshot is older than the locks: a lease that changed since is an error here.
      perform
      from public.bot_session_leases l
      where l.session_id = any (local.ids)
      order by l.session_id collate "C"
      for share;
    end if;
    live := array(
      with given as (
        --include include/touch_many_given.sql
      )
      select g.number
      from given g
      join public.bot_session_leases l on l.session_id = g.id and l.fence = g.fence
      where l.expires_at > clock_timestamp());
  end if;

  -- Most are updated together. One by one come those of a session that is named twice, what is refused, and all where
  -- code of yours runs for each row, which may see what those before it did, or change for those after it who may do what.
  -- To keep what is not given, all three columns are set: who may not set them all gets one statement each.
  if locked <> '{}' and (
      select has_table_privilege(c.oid, 'update') and not c.relhassubclass and c.relchecks = 0 and not row_security_active(c.oid) and not exists (
          select from pg_trigger t
          where t.tgrelid = c.oid and not t.tgisinternal
            and t.tgfoid not in ('public.bot_session_maintain()'::regprocedure, 'public.bot_session_audit()'::regprocedure))
        and not exists (select from pg_index i where i.indrelid = c.oid and (i.indexprs is not null or i.indpred is not null))
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '')
      from pg_class c
      where c.oid = 'public.bot_sessions'::regclass) then
    repeated := array(select g.id from unnest(local.ids) as g (id) group by g.id having count(*) > 1);
    with given as (
      --include include/touch_many_given.sql
    )
    select array_agg(g.number), array_agg(g.id), array_agg(g.message), array_agg(g.qr), array_agg(g.fence)
    into plain, plain_ids, plain_messages, plain_qrs, plain_fences
    from given g
    where g.id <> all (local.repeated) and (g.fence is null or g.number = any (local.live))
      and (cardinality(local.locked) = cardinality(local.ids) or g.id = any (local.locked));
    if plain <> '{}' then
      with updated as (
        update public.bot_sessions s
        set last_message = coalesce(g.message, s.last_message),
          qr_data = case when g.qr is null then s.qr_data else nullif(g.qr, '') end,
          updated_at = case when g.message is null and g.qr is null then clock_timestamp() else s.updated_at end
        from (
          select g.number, g.id, g.message, g.qr, g.fence
          from unnest((select local.plain), (select local.plain_ids), (select local.plain_messages), (select local.plain_qrs),
            (select local.plain_fences)) as g (number, id, message, qr, fence)
          limit (select cardinality(local.plain))
        ) as g
        where s.session_id = g.id and (s.status = 'active' or g.fence is null and (g.qr <> '') is not true)
        returning g.number,
          --include include/session_columns.sql
          g.fence)
      select array_agg(u.number), array_agg(u.session_id), array_agg(u.created_at), array_agg(u.last_message),
        array_agg(u.status), array_agg(u.qr_data), array_agg(u.updated_at), array_agg(u.fence)
      into touched, session_ids, created_ats, last_messages, statuses, codes, updated_ats, row_fences
      from updated u;
    end if;
  end if;

  if coalesce(cardinality(touched), 0) < cardinality(ids) then
    for number in
      select n from generate_series(1, cardinality(local.ids)) as n where (n = any (local.touched)) is not true order by n
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
        if found and fences[number] is not null and (before.status = 'active' and number = any (live)) is not true then
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
  end if;

  for result in
    select r.session_id, r.created_at, r.last_message, r.status, r.qr_data, r.updated_at, r.previous_status, r.fence
    from (
      select u.number, u.session_id, u.created_at, u.last_message, u.status, u.qr_data, u.updated_at, u.status as previous_status, u.fence
      from unnest(local.touched, local.session_ids, local.created_ats, local.last_messages, local.statuses, local.codes,
        local.updated_ats, local.row_fences)
        as u (number, session_id, created_at, last_message, status, qr_data, updated_at, fence)
      union all
      select o.number, o.session_id, o.created_at, o.last_message, o.status, o.qr_data, o.updated_at, o.previous_status, o.fence
      from rows from (unnest(local.others), unnest(local.results))
        as o (number, session_id, created_at, last_message, status, qr_data, updated_at, previous_status, fence)
    ) as r
    order by r.number
  loop
    return next result;
  end loop;
end
$function$;

comment on function public.bot_session_touch_many(jsonb) is
'Touches many sessions in one transaction, as bot_session_touch does one.

sessions: an array of {"session_id": ..., "last_message": ..., "qr_data": ..., "fence": ...}; all but session_id are optional.
Returns one row per element, in input order. An unknown session has its session_id and all else NULL. A QR code for an inactive session is not stored, and its row says inactive. With a stale fence nothing is written, and the fence of its row is NULL. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Reads and sets the columns that bot_session_touch does.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_touch.';
