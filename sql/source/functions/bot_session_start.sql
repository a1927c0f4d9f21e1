create or replace function public.bot_session_start(
  session_id text,
  worker text default null,
  ttl interval default '60 seconds')
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_start.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  may_update boolean;
  decided boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless a worker takes its lease: the second round is for one that
  -- was found under a lock. An upsert would fire the insert triggers, and use up sequence values, for a row that is
  -- there already.
  if int4range(1, 256) @> char_length(session_id) and worker is null and ttl = interval '60 seconds' then
    --include include/may_update.sql
  end if;
  loop
    if (case when may_update or decided then -- a condition, since PERFORM would run a query
        set_config('botsession.operation', 'bot_session_start ' || id, true) <> '' end) then
      update public.bot_sessions s
      set status = 'active'
      where s.session_id = local.id
        and (local.decided or s.status = 'active' and s.session_id collate "C" = local.id)
      returning
        --include include/session_columns.sql
        case when local.decided then before.status else 'active' end, null::bigint
      into result;
      --include include/operation_over_without_reason.sql
      if found and worker is null then
        return result;
      end if;
      exit when found;
      if decided then
        result := before; -- a trigger cancelled the update
        exit;
      end if;
    end if;

    --include include/check_session_id.sql
    if worker = '' then
      raise invalid_parameter_value using
        message = 'worker must not be empty',
        hint = 'Pass a name that no other process has, for example its host with something random.';
    elsif timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' or ttl is null and worker is not null then
      raise invalid_parameter_value using
        message = 'ttl must be a positive interval',
        hint = 'For example interval ''5 minutes''.';
    end if;
    for round in 1 .. 3 loop
      select
        --include include/session_columns.sql
        s.status, null::bigint
      into before
      from public.bot_sessions s
      where s.session_id = local.id
      for no key update;
      decided := found;
      if decided then
        id := before.session_id; -- as it is stored: the collation may take another spelling for equal
        exit;
      end if;

      insert into public.bot_sessions as s (session_id, status)
      values (bot_session_start.session_id, 'active')
      on conflict (session_id) do nothing
      returning
        --include include/session_columns.sql
        null, null::bigint
      into result;
      exit when found;
    end loop;
    if result.session_id is not null then
      exit;
    elsif not decided then
      raise insufficient_privilege using
        message = 'session can be neither found nor created',
        detail = format('Session "%s" exists but row level security hides it, or a trigger cancels its insertion.', session_id),
        hint = 'Look at the policies and triggers of table bot_sessions.';
    end if;
  end loop;

  if worker is not null then
    --include include/commit_synchronously.sql
    <<lease>>
    declare
      taker text collate "default" := bot_session_start.worker;
    begin
      insert into public.bot_session_leases as l (session_id, worker, expires_at)
      values (bot_session_start.session_id, bot_session_start.worker, clock_timestamp() + bot_session_start.ttl)
      on conflict (session_id) do update
      set worker = excluded.worker, fence = greatest(excluded.fence, l.fence + 1),
        expires_at = clock_timestamp() + bot_session_start.ttl, released_at = null
      where not (before.status = 'active' and l.worker <> lease.taker and l.expires_at > clock_timestamp()) is true
      returning l.fence into result.fence;
    end;
    if not found then
      raise exception using
        errcode = 'PT409',
        message = 'another worker holds the lease of the session',
        detail = format('Session "%s" runs elsewhere; nothing was changed.', session_id),
        hint = 'bot_session_overview shows which worker, and until when; bot_session_claim takes over what was abandoned.';
    end if;
  end if;
  return result;
end
$function$;

comment on function public.bot_session_start(text, text, interval) is
'Starts a session: creates it if needed, marks it active, and returns it. If it was already active, its QR code is kept.

session_id: name of the session, 1 to 255 characters.
worker: name of the process that runs the bot. If given, it takes the lease of the session, with a new fence.
ttl: how long the lease is good without renewal, 60 seconds by default.
Returns the session as stored. previous_status is NULL for a new session, active for one that the last run never ended, inactive for one that had ended. The last message and the creation time are kept. fence is that of the lease, NULL without a worker.
Reads all columns of bot_sessions; sets session_id and status of a new row, status of an existing one. With a worker, reads and sets all columns of bot_session_leases.
Errors: PT409 another worker holds the lease; 22004 session_id is null; 22023 it is empty or too long, worker is empty, or ttl not positive; 42501 no privilege, or a row that the role may not see is in the way; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT, INSERT and UPDATE of the table; with a worker those of bot_session_leases too, and USAGE of the sequence bot_session_fences.';
