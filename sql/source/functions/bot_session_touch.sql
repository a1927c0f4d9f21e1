create or replace function public.bot_session_touch(
  session_id text,
  last_message text default null,
  qr_data text default null,
  fence bigint default null,
  heartbeat_interval interval default null)
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_touch.session_id;
  decided boolean;
  within_interval boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless there is something to decide first: the second round is
  -- for what was decided under a lock.
  loop
    if int4range(1, 256) @> char_length(session_id) and fence is null and heartbeat_interval is null or decided then
      -- Only what is given is set, so that triggers and privileges on columns do their work.
      if last_message is not null and qr_data is null then
        update public.bot_sessions s
        set last_message = bot_session_touch.last_message
        --include include/touched_row.sql
      elsif last_message is not null then
        update public.bot_sessions s
        set last_message = bot_session_touch.last_message, qr_data = nullif(bot_session_touch.qr_data, '')
        --include include/touched_row.sql
      elsif qr_data is not null then
        update public.bot_sessions s
        set qr_data = nullif(bot_session_touch.qr_data, '')
        --include include/touched_row.sql
      else
        update public.bot_sessions s
        set updated_at = clock_timestamp()
        --include include/touched_row.sql
      end if;
      exit when found;
      if decided then
        return before; -- a BEFORE trigger cancelled the update
      end if;
    end if;

    --include include/check_session_id.sql
    if timestamp '2001-02-01' + heartbeat_interval <= timestamp '2001-02-01' then
      raise invalid_parameter_value using
        message = 'heartbeat_interval must be a positive interval',
        hint = 'For example interval ''5 minutes''.';
    end if;
    -- A heartbeat that is not due neither writes nor waits for who does.
    if heartbeat_interval is not null and coalesce(last_message, qr_data) is null then
      if current_setting('transaction_read_only')::boolean then
        raise read_only_sql_transaction using
          message = 'cannot execute bot_session_touch() in a read-only transaction';
      end if;
      select
        --include include/session_columns.sql
        s.status, bot_session_touch.fence
      into before
      from public.bot_sessions s
      where s.session_id = local.id;
      within_interval := before.updated_at + heartbeat_interval > clock_timestamp();
    end if;
    if within_interval is not true then
      select
        --include include/session_columns.sql
        s.status, bot_session_touch.fence
      into before
      from public.bot_sessions s
      where s.session_id = local.id
      for no key update;
      if not found then
        --include include/session_not_found.sql
      end if;
    end if;
    if fence is not null then
      if current_setting('transaction_isolation') not like 'read%' then
        -- The snapshot is older than the lock: a lease that changed since is an error here.
        perform from public.bot_session_leases l
        where l.session_id = local.id
        for share;
      end if;
      if not exists (
          select from public.bot_session_leases l
          where l.session_id = local.id and l.fence = bot_session_touch.fence
            and before.status = 'active' and l.expires_at > clock_timestamp()) then
        --include include/fence_is_stale.sql
      end if;
    end if;
    if within_interval then
      return before;
    elsif qr_data <> '' and before.status is distinct from 'active' then
      raise exception using
        errcode = 'PT409',
        message = 'session is inactive',
        detail = format('Session "%s" has ended and takes no QR code.', session_id),
        hint = 'Start it again with bot_session_start.';
    end if;
    decided := true;
  end loop;
  return result;
end
$function$;

comment on function public.bot_session_touch(text, text, text, bigint, interval) is
'Records a message or a QR code of a session. With neither it is a heartbeat.

session_id: name of the session.
last_message: the last message received or sent. NULL keeps what is stored.
qr_data: the QR code generated. NULL keeps what is stored; an empty string removes it, after the scan.
fence: the fence of the caller''s lease. If given, nothing is written unless that lease is live.
heartbeat_interval: a heartbeat within this time of the last update writes nothing.
Returns the session as stored. An inactive session stays inactive: a message is recorded, a QR code refused.
Reads all columns of bot_sessions; sets those given, or updated_at for a heartbeat. With a fence, reads bot_session_leases.
Errors: PT404 no such session; PT409 a QR code for an inactive session, or a stale fence; 22004 session_id is null; 22023 it is empty or too long, or heartbeat_interval not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';
