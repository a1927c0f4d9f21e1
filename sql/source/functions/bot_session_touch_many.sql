create or replace function public.bot_session_touch_many(sessions jsonb)
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  malformed boolean;
  ids text[] collate "default"; -- what the elements give
  messages text[];
  qrs text[];
  fences text[]; -- the whole numbers that they are, once checked
  fenced boolean;
  live boolean[]; -- whether that is the fence of a live lease
  ordinary boolean;
  together boolean; -- all elements are updated by one statement
  places tid[]; -- of the rows of those that are
  locked text[] collate "default";
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
  fenced := array_remove(fences, null) <> '{}';
  --include include/touch_many_ordinary.sql

  -- Everything is locked first, in one order for all batches. A session created
  -- after that stays unknown: to lock it now would be out of order.
  if ordinary then
    -- A full join is never a nested loop.
    select array_agg(l.place order by g.number) filter (where g.number is not null),
      count(distinct l.place) = count(*) and bool_and(l.status = 'active') and not fenced
    into places, together
    from (
      select s.session_id, s.status, s.ctid as place
      from public.bot_sessions s
      where s.session_id = any (local.ids)
      order by s.session_id collate "C"
      for no key update) as l
    full join unnest(local.ids) with ordinality as g (id, number) on g.id collate "C" = l.session_id collate "C";
  else
    together := false;
    locked := array(
      select s.session_id
      from public.bot_sessions s
      where s.session_id = any (local.ids)
      order by s.session_id collate "C"
      for no key update);
  end if;

  if fenced then
    --include include/touch_many_live.sql
  end if;
  if not together then
    if ordinary then
      --include include/touch_many_apart.sql
    end if;
    --include include/touch_many_one_by_one.sql
    if ordinary and others <> '{}' then
      -- Where the rows are now
      places := array(
        select case when g.place is not null then s.ctid end
        from (
          --include include/touch_many_places.sql
        ) as g
        left join public.bot_sessions s on s.session_id = local.ids[g.number]
        order by g.number);
    end if;
  end if;
  --include include/touch_many_together.sql
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
