create or replace function public.bot_session_touch_many(sessions jsonb)
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  element jsonb;
  number integer := 0;
  key text;
  locked jsonb;
  fenced text[] := '{}'::text[];
  leases jsonb;
  message text;
  qr text;
  before public.bot_session;
  result public.bot_session;
begin
  if sessions is null or jsonb_typeof(sessions) <> 'array' then
    raise invalid_parameter_value using
      message = 'sessions must be a JSON array',
      hint = 'For example [{"session_id": "bot1", "last_message": "hello"}].';
  end if;
  for element in select jsonb_array_elements(sessions) loop
    number := number + 1;
    if jsonb_typeof(element) <> 'object' then
      raise invalid_parameter_value using
        message = format('element %s of sessions must be an object', number);
    end if;
    foreach key in array '{session_id, last_message, qr_data}'::text[] loop
      if jsonb_typeof(element -> key) not in ('string', 'null') then
        raise invalid_parameter_value using
          message = format('%s of element %s of sessions must be a string', key, number);
      end if;
    end loop;
    if element ->> 'fence' is not null then
      if not (case when jsonb_typeof(element -> 'fence') = 'number' then element ->> 'fence' ~ '^-?[0-9]+$'
          and (element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
        raise invalid_parameter_value using
          message = format('fence of element %s of sessions must be a whole number', number),
          hint = 'A fence is a JSON number: 42 and not "42".';
      end if;
      fenced := fenced || (element ->> 'session_id');
    end if;
    if element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}' then
      raise invalid_parameter_value using
        message = format('element %s of sessions has an unknown key', number),
        hint = 'The keys are session_id, last_message, qr_data and fence.';
    elsif element ->> 'session_id' is null then
      raise invalid_parameter_value using
        message = format('element %s of sessions has no session_id', number);
    elsif char_length(element ->> 'session_id') not between 1 and 255 then
      raise invalid_parameter_value using
        message = format('session_id of element %s of sessions must have between 1 and 255 characters', number);
    end if;
  end loop;
  if current_setting('transaction_read_only')::boolean then
    raise read_only_sql_transaction using
      message = 'cannot execute bot_session_touch_many() in a read-only transaction';
  elsif to_regclass('public.bot_sessions') is null then
    raise undefined_table using
      message = 'relation "public.bot_sessions" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  elsif fenced <> '{}' and to_regclass('public.bot_session_leases') is null then
    raise undefined_table using
      message = 'relation "public.bot_session_leases" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  end if;

  -- Everything is locked first, in one order for all batches. A session created
  -- after that stays unknown: to lock it now would be out of order.
  locked := (
    select coalesce(jsonb_object_agg(session_id, true), '{}')
    from (
      select session_id
      from public.bot_sessions s
      where s.session_id = any (array(select jsonb_array_elements(bot_session_touch_many.sessions) ->> 'session_id'))
      order by session_id collate "C"
      for no key update
    ) as in_order);

  if fenced <> '{}' then
    if current_setting('transaction_isolation') not like 'read%' then
      -- The snapshot is older than the locks: a lease that changed since is an error here.
      perform from public.bot_session_leases where session_id = any (local.fenced) order by session_id collate "C" for share;
    end if;
    leases := (
      select jsonb_object_agg(session_id, fence)
      from public.bot_session_leases
      where session_id = any (local.fenced) and expires_at > clock_timestamp());
  end if;

  for element in select jsonb_array_elements(sessions) loop
    message := element ->> 'last_message';
    qr := element ->> 'qr_data';
    result := null;
    result.session_id := element ->> 'session_id';
    if locked -> result.session_id is not null then
      select s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, s.status, null::bigint
      into before
      from public.bot_sessions s
      where s.session_id = result.session_id;
      if found and element ->> 'fence' is not null
          and (before.status = 'active' and leases -> result.session_id = element -> 'fence') is not true then
        result := before; -- the row says so, by having no fence
      elsif found and qr <> '' and before.status is distinct from 'active' then
        -- The row says so; what else is given is recorded.
        result := case when message is null then before
          else public.bot_session_touch(result.session_id, message, null::text, null::bigint, null::interval) end;
      elsif found then
        result := public.bot_session_touch(result.session_id, message, qr, null::bigint, null::interval);
        result.fence := (element ->> 'fence')::bigint;
      end if;
    end if;
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
