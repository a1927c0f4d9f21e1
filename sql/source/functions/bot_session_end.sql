create or replace function public.bot_session_end(
  session_id text,
  reason text default null,
  fence bigint default null,
  forget boolean default false)
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_end.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  may_update boolean;
  decided boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless a fence is given: the second round is for what was decided
  -- under a lock.
  if int4range(1, 256) @> char_length(session_id) and fence is null then
    --include include/may_update.sql
  end if;
  loop
    if (case when may_update or decided then -- conditions, since PERFORM would run a query
        set_config('botsession.operation', 'bot_session_end ' || id, true) <> ''
        and set_config('botsession.reason', coalesce(reason, ''), true) is not null end) then
      -- The audit trigger releases the lease, whoever ends the session.
      update public.bot_sessions s
      set status = 'inactive', qr_data = null
      where s.session_id = local.id
        and (local.decided or s.status = 'active' and s.session_id collate "C" = local.id)
      returning
        --include include/session_columns.sql
        case when local.decided then before.status else 'active' end, bot_session_end.fence
      into result;
      --include include/operation_over.sql
      exit when found;
      if decided then
        result := before; -- a trigger cancelled the update
        exit;
      end if;
    end if;

    --include include/check_session_id.sql
    select
      --include include/session_columns.sql
      s.status, bot_session_end.fence
    into before
    from public.bot_sessions s
    where s.session_id = local.id
    for no key update;
    if not found then
      --include include/session_not_found.sql
    end if;
    -- To end it again with the fence that ended it is no conflict: the first answer may have got lost.
    if fence is not null then
      if current_setting('transaction_isolation') not like 'read%' then
        -- The snapshot is older than the lock: a lease that changed since is an error here.
        perform from public.bot_session_leases l where l.session_id = local.id for share;
      end if;
      if not exists (
          select from public.bot_session_leases l
          where l.session_id = local.id and l.fence = bot_session_end.fence
            and (before.status is distinct from 'active' or l.expires_at > clock_timestamp())) then
        --include include/fence_is_stale.sql
      end if;
    end if;
    -- Ended already; a QR code can only be there if the trigger was disabled.
    if before.status is distinct from 'active' and before.qr_data is null then
      result := before;
      exit;
    end if;
    id := before.session_id; -- as it is stored: the collation may take another spelling for equal
    decided := true;
  end loop;

  if forget and result.status is distinct from 'active' then
    --include include/data_forget.sql
    --include include/operation_over.sql
  end if;
  return result;
end
$function$;

comment on function public.bot_session_end(text, text, bigint, boolean) is
'Ends a session: marks it inactive, removes its QR code and releases its lease.

session_id: name of the session.
reason: why, for the audit trail; no secrets.
fence: the fence of the caller''s lease. If given, nothing is written unless that lease is live.
forget: true after a logout for good. Deletes the data of the session too, also of a session that has ended before.
Returns the session as stored. Ending a session that has ended changes nothing, also with the fence that ended it.
Reads all columns of bot_sessions; sets status and qr_data. With a fence, reads bot_session_leases. With forget, deletes from bot_session_data.
Errors: PT404 no such session; PT409 a stale fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE); with forget SELECT of session_id and DELETE of bot_session_data.';
