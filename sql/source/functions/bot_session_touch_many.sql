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
  --include include/touch_many_arrays.sql
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
      where l.session_id = any (array(select g.id from unnest(local.ids, local.fences) as g (id, fence) where g.fence is not null))
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
      select has_table_privilege(c.oid, 'update') and not row_security_active(c.oid) and not c.relhassubclass and c.relchecks = 0
        and not exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
          and t.tgfoid not in ('public.bot_session_maintain()'::regprocedure, 'public.bot_session_audit()'::regprocedure))
        and not exists (select from pg_index i where i.indrelid = c.oid and (i.indexprs is not null or i.indpred is not null))
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '')
      from pg_class c
      where c.oid = 'public.bot_sessions'::regclass) then
    --include include/touch_many_together.sql
  end if;

  if coalesce(cardinality(touched), 0) < cardinality(ids) then
    --include include/touch_many_one_by_one.sql
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
