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
  due boolean := true;
  before public.bot_session;
  result public.bot_session;
begin
  if bot_session_touch.session_id is null then
    raise null_value_not_allowed using
      message = 'session_id must not be null',
      hint = 'Pass the name of the session, for example session_id => ''bot1''.';
  elsif char_length(bot_session_touch.session_id) not between 1 and 255 then
    raise invalid_parameter_value using
      message = 'session_id must have between 1 and 255 characters';
  elsif heartbeat_interval <= interval '0' then
    raise invalid_parameter_value using
      message = 'heartbeat_interval must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  end if;
  if current_setting('transaction_read_only')::boolean then
    raise read_only_sql_transaction using
      message = 'cannot execute bot_session_touch() in a read-only transaction';
  elsif to_regclass('public.bot_sessions') is null then
    raise undefined_table using
      message = 'relation "public.bot_sessions" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  elsif bot_session_touch.fence is not null and to_regclass('public.bot_session_leases') is null then
    raise undefined_table using
      message = 'relation "public.bot_session_leases" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  end if;

  -- A heartbeat that is not due neither writes nor waits for who does.
  if heartbeat_interval is not null
      and coalesce(bot_session_touch.last_message, bot_session_touch.qr_data) is null then
    select s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, s.status, bot_session_touch.fence
    into before
    from public.bot_sessions s
    where s.session_id = local.id;
    due := not (before.updated_at + heartbeat_interval > clock_timestamp()) is true;
  end if;
  if due then
    select s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, s.status, bot_session_touch.fence
    into before
    from public.bot_sessions s
    where s.session_id = local.id
    for no key update;
    if not found then
      raise exception using
        errcode = 'PT404',
        message = 'session not found',
        detail = format('There is no session "%s", or row level security hides it.', bot_session_touch.session_id),
        hint = 'Start it with bot_session_start.';
    end if;
  end if;
  if bot_session_touch.fence is not null then
    if current_setting('transaction_isolation') not like 'read%' then
      -- The snapshot is older than the lock: a lease that changed since is an error here.
      perform from public.bot_session_leases l where l.session_id = local.id for share;
    end if;
    if not exists (
        select from public.bot_session_leases l
        where l.session_id = local.id and l.fence = bot_session_touch.fence
          and before.status = 'active' and l.expires_at > clock_timestamp()) then
      raise exception using
        errcode = 'PT409',
        message = 'fence is stale',
        detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.',
          bot_session_touch.session_id),
        hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
    end if;
  end if;
  if not due then
    return before;
  end if;
  if bot_session_touch.qr_data <> '' and before.status is distinct from 'active' then
    raise exception using
      errcode = 'PT409',
      message = 'session is inactive',
      detail = format('Session "%s" has ended and takes no QR code.', bot_session_touch.session_id),
      hint = 'Start it again with bot_session_start.';
  end if;

  -- Only what is given is set, so that triggers and privileges on columns do their work.
  if bot_session_touch.last_message is not null and bot_session_touch.qr_data is not null then
    update public.bot_sessions s
    set last_message = bot_session_touch.last_message, qr_data = nullif(bot_session_touch.qr_data, '')
    where s.session_id = local.id
    returning s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, before.status, bot_session_touch.fence
    into result;
  elsif bot_session_touch.last_message is not null then
    update public.bot_sessions s
    set last_message = bot_session_touch.last_message
    where s.session_id = local.id
    returning s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, before.status, bot_session_touch.fence
    into result;
  elsif bot_session_touch.qr_data is not null then
    update public.bot_sessions s
    set qr_data = nullif(bot_session_touch.qr_data, '')
    where s.session_id = local.id
    returning s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, before.status, bot_session_touch.fence
    into result;
  else
    update public.bot_sessions s
    set updated_at = clock_timestamp()
    where s.session_id = local.id
    returning s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, before.status, bot_session_touch.fence
    into result;
  end if;
  -- A BEFORE trigger may have cancelled the update.
  return case when found then result else before end;
end
$function$;

comment on function public.bot_session_touch(text, text, text, bigint, interval) is
'Records a message or a QR code of a session, or just that it is alive.

session_id: name of the session.
last_message: the last message received or sent; NULL keeps what is stored.
qr_data: the QR code generated; NULL keeps what is stored, an empty string removes it (it was scanned).
fence: the fence of the caller''s lease; where given, nothing is written unless that lease is live.
heartbeat_interval: where neither a message nor a QR code is given, a call within this time of the last update writes nothing.
Returns the session as stored. An inactive session stays inactive: a message is recorded, a QR code refused.
Reads all columns of bot_sessions; sets those given, or updated_at where nothing is. With a fence, reads bot_session_leases.
Errors: PT404 no such session; PT409 a QR code for an inactive session, or a stale fence; 22004 session_id is null; 22023 it is empty or too long, or heartbeat_interval not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';
