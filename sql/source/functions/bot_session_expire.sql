create or replace function public.bot_session_expire(
  idle interval,
  max_sessions integer default 1000,
  reason text default 'expired')
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  idle_since timestamptz;
  asked_at timestamptz;
  sees_leases boolean;
  ids text[] collate "default" := '{}'::text[];
  id text collate "default";
  result public.bot_session;
begin
  if idle is null or timestamp '2001-02-01' + idle <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'idle must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  elsif max_sessions is null or max_sessions <= 0 then
    raise invalid_parameter_value using
      message = 'max_sessions must be a positive number';
  end if;

  -- Who sees all leases needs nobody to ask for each.
  idle_since := clock_timestamp() - idle;
  sees_leases := has_table_privilege('public.bot_session_leases'::regclass, 'select')
    and not row_security_active('public.bot_session_leases'::regclass);
  if sees_leases then
    asked_at := clock_timestamp();
    ids := array(
      select s.session_id
      from public.bot_sessions s
      where s.status = 'active' and s.updated_at < local.idle_since
        and not exists (select from public.bot_session_leases l where l.session_id = s.session_id and l.expires_at > local.asked_at)
      order by s.updated_at, s.session_id collate "C"
      limit bot_session_expire.max_sessions
      for no key update of s skip locked);
  else
    ids := array(
      select s.session_id
      from public.bot_sessions s
      where s.status = 'active' and s.updated_at < local.idle_since
        and public.bot_session_lease_allows(s.session_id, null::bigint)
      order by s.updated_at, s.session_id collate "C"
      limit bot_session_expire.max_sessions
      for no key update of s skip locked);
  end if;

  -- A worker renews without the lock on its session: what it has not committed yet is waited for. A lease may have been
  -- renewed meanwhile, or its session claimed before that was locked.
  if public.bot_session_lock_leases(ids) > 0 and sees_leases then
    asked_at := clock_timestamp();
    ids := array(
      select i.id
      from unnest(local.ids) with ordinality as i (id, place)
      where not exists (select from public.bot_session_leases l where l.session_id = i.id and l.expires_at > local.asked_at)
      order by i.place);
  end if;

  foreach id in array ids loop
    continue when not sees_leases and not public.bot_session_lease_allows(id, null::bigint);
    -- Not by bot_session_end, which the caller may have no right to execute.
    if set_config('botsession.operation', 'bot_session_expire ' || id, true) <> ''
        and set_config('botsession.reason', coalesce(reason, ''), true) is not null then
      update public.bot_sessions s
      set status = 'inactive', qr_data = null
      where s.session_id = local.id and s.status = 'active'
      returning
        --include include/session_columns.sql
        'active', null::bigint
      into result;
    end if;
    if not found then
      -- A trigger cancelled the update, or that of another session ended this one, or deleted it.
      select
        --include include/session_columns.sql
        s.status, null::bigint
      into result
      from public.bot_sessions s
      where s.session_id = local.id;
    end if;
    if found then
      return next result;
    end if;
  end loop;
  --include include/operation_over.sql
end
$function$;

comment on function public.bot_session_expire(interval, integer, text) is
'Ends active sessions that were not updated for a time and have no live lease, the oldest first.

idle: how long, for example interval ''1 hour''.
max_sessions: how many at most, 1000 by default. Call it again while it returns as many.
reason: why, for the audit trail; expired by default.
Returns the sessions that it ended, as stored. Rows that somebody else has locked are skipped.
Reads all columns of bot_sessions; sets status and qr_data.
Errors: 22023 idle or max_sessions is null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of the table. Whether there is a lease is asked as the owner of the tables.';
