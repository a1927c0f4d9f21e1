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
  ids text[] collate "default" := '{}'::text[];
  id text collate "default";
  before public.bot_session;
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
  idle_since := clock_timestamp() - idle;
  if current_setting('transaction_read_only')::boolean then
    raise read_only_sql_transaction using
      message = 'cannot execute bot_session_expire() in a read-only transaction';
  end if;
  --include include/check_lease_tables.sql

  for id in
    select s.session_id
    from public.bot_sessions s
    where s.status = 'active' and s.updated_at < local.idle_since
      and public.bot_session_lease_allows(s.session_id, null::bigint)
    order by s.updated_at, s.session_id collate "C"
    limit bot_session_expire.max_sessions
    for no key update of s skip locked
  loop
    ids := ids || id;
  end loop;
  -- A worker renews without the lock on its session: what it has not committed yet is waited for.
  perform public.bot_session_lock_leases(ids);

  foreach id in array ids loop
    -- A trigger may have deleted it meanwhile, a worker claimed it before it was locked, or renewed its lease.
    select s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, s.status, null::bigint
    into before
    from public.bot_sessions s
    where s.session_id = local.id
    for no key update;
    continue when not found or not public.bot_session_lease_allows(id, null::bigint);

    -- Not by bot_session_end, which the caller may have no right to execute.
    result := before;
    if before.status = 'active' or before.qr_data is not null then
      perform set_config('botsession.operation', 'bot_session_expire ' || before.session_id, true);
      perform set_config('botsession.reason', coalesce(bot_session_expire.reason, ''), true);
      update public.bot_sessions s
      set status = 'inactive', qr_data = null
      where s.session_id = local.id
      returning s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at, before.status, null::bigint
      into result;
      if not found then
        result := before; -- a trigger cancelled the update
      end if;
      --include include/operation_over.sql
    end if;
    return next result;
  end loop;
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
