create or replace function public.bot_session_renew(fences jsonb, ttl interval default '60 seconds')
returns setof public.bot_session_lease
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  held text[];
begin
  --include include/check_fences.sql
  if ttl is null or timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'ttl must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  end if;

  -- The one change of a lease without the lock on its session: it takes from nobody, and
  -- a worker renews while its sessions are busy.
  -- In one order, or two statements that change several leases could wait for each other. Not what has run
  -- out: it would wait for the worker that takes it over, and the other leases run out meanwhile.
  held := array(
    select l.session_id
    from public.bot_session_leases l, public.bot_sessions s,
      jsonb_each_text(bot_session_renew.fences) as given (session_id, fence)
    where l.session_id = given.session_id and l.fence = given.fence::bigint and l.expires_at > clock_timestamp()
      and s.session_id = l.session_id and s.status = 'active'
    order by l.session_id collate "C"
    for no key update of l);
  --include include/commit_synchronously.sql
  return query
    with renewed as (
      update public.bot_session_leases l
      set expires_at = clock_timestamp() + bot_session_renew.ttl
      where l.session_id = any (local.held) and l.expires_at > clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from renewed order by session_id collate "C";
end
$function$;

comment on function public.bot_session_renew(jsonb, interval) is
'Renews leases that are still held, many in one call.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
ttl: how long from now, 60 seconds by default.
Returns the renewed leases, in the order of session_id COLLATE "C". A lease that is missing was lost: stop that bot.
Reads bot_sessions; sets expires_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers, or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT of bot_sessions; SELECT and UPDATE of bot_session_leases.';
