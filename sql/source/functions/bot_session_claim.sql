create or replace function public.bot_session_claim(
  worker text,
  max_sessions integer default 10,
  ttl interval default '60 seconds')
returns setof public.bot_session_lease
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  now_at timestamptz := clock_timestamp(); -- no index is searched for clock_timestamp()
  ids text[] collate "default";
begin
  if coalesce(bot_session_claim.worker, '') = '' then
    raise invalid_parameter_value using
      message = 'worker must not be empty',
      hint = 'Pass a name that no other process has, for example its host with something random.';
  elsif max_sessions is null or max_sessions <= 0 then
    raise invalid_parameter_value using
      message = 'max_sessions must be a positive number';
  elsif ttl is null or timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'ttl must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  end if;

  ids := array(
    select s.session_id
    from public.bot_session_leases l
    join public.bot_sessions s on s.session_id = l.session_id
    where coalesce(l.expires_at, l.released_at) <= local.now_at and s.status = 'active'
    order by coalesce(l.expires_at, l.released_at), s.session_id collate "C"
    limit bot_session_claim.max_sessions
    for no key update of s skip locked);
  if ids = '{}' then
    return;
  end if;
  -- In one order, or two statements that change several leases could wait for each other.
  perform
  from public.bot_session_leases
  where session_id = any (local.ids)
  order by session_id collate "C"
  for no key update;
  --include include/commit_synchronously.sql
  -- Asked again under the locks: whoever was faster has it.
  return query
    with claimed as (
      update public.bot_session_leases l
      set worker = bot_session_claim.worker, fence = greatest(nextval('public.bot_session_fences'), l.fence + 1),
        expires_at = clock_timestamp() + bot_session_claim.ttl, released_at = null
      where l.session_id = any (local.ids) and coalesce(l.expires_at, l.released_at) <= clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from claimed order by session_id collate "C";
end
$function$;

comment on function public.bot_session_claim(text, integer, interval) is
'Claims active sessions that no worker runs any more: their lease ran out or was released.

worker: name of the process that will run them.
max_sessions: how many at most, 10 by default.
ttl: how long the leases are good without renewal, 60 seconds by default.
Returns the leases, each with a new fence, in the order of session_id COLLATE "C". The longest abandoned sessions come first. Rows that somebody else has locked are skipped. Two workers never get the same session.
Reads bot_sessions and locks the rows. Sets all columns of bot_session_leases but session_id.
Errors: 22023 worker is empty, or max_sessions or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases; USAGE of the sequence bot_session_fences.';
