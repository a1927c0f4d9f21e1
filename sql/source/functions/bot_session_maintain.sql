create or replace function public.bot_session_maintain()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  now_at timestamptz := clock_timestamp();
begin
  -- The ordinary update passes by one condition; others are looked at one by one.
  if tg_op = 'UPDATE' and tg_when = 'BEFORE' and tg_level = 'ROW' and tg_argv is null
      and tg_relid = 'public.bot_sessions'::regclass
      and int4range(1, 256) @> char_length(new.session_id) and new.created_at is not null
      and new.status = 'active' and (new.qr_data <> '') is not false and old.updated_at < now_at then
    new.updated_at := now_at;
    return new;
  end if;

  if tg_op not in ('INSERT', 'UPDATE') or tg_when <> 'BEFORE' or tg_level <> 'ROW' or tg_nargs <> 0 then
    raise trigger_protocol_violated using
      message = 'function "bot_session_maintain" must be fired BEFORE INSERT OR UPDATE for each row, without arguments';
  elsif tg_relid <> 'public.bot_sessions'::regclass then
    -- Not part of the condition above: what has a query in it is run as one, each time.
    if not exists (select from pg_partition_ancestors(tg_relid) where relid = 'public.bot_sessions'::regclass) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_maintain" can only be attached to table bot_sessions of its own schema';
    end if;
  end if;

  -- Refused here and not by a constraint, which would print the row and the QR code with it.
  if new.session_id is null then
    raise check_violation using message = 'session_id must not be null';
  elsif new.created_at is null then
    raise check_violation using message = 'created_at must not be null';
  elsif new.status is null then
    raise check_violation using message = 'status must not be null';
  elsif char_length(new.session_id) not between 1 and 255 then
    raise check_violation using message = 'session_id must have between 1 and 255 characters';
  elsif new.status not in ('active', 'inactive') then
    raise check_violation using message = 'status must be "active" or "inactive"';
  end if;

  if tg_op = 'INSERT' then
    -- As given, unless it would be ahead of the updates to come.
    if new.updated_at is null or not isfinite(new.updated_at) or new.updated_at > now_at then
      new.updated_at := now_at;
    end if;
  elsif old.updated_at is null or old.updated_at >= '294276-12-31 23:59:59.999999+00' then
    new.updated_at := now_at; -- nothing comes after that
  else
    -- Always past the version before, even if the clock goes back.
    new.updated_at := greatest(now_at, old.updated_at + interval '1 microsecond');
  end if;

  if new.status = 'inactive' or new.qr_data = '' then
    new.qr_data := null;
  end if;
  return new;
end
$function$;

comment on function public.bot_session_maintain() is
'Trigger function of bot_sessions, BEFORE INSERT OR UPDATE for each row. Rejects an invalid session_id or status (23514), sets updated_at, and removes the QR code of an inactive session.';
