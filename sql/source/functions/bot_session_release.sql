create or replace function public.bot_session_release(fences jsonb)
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

  perform
  from public.bot_sessions
  where session_id = any (array(select jsonb_object_keys(bot_session_release.fences)))
  order by session_id collate "C"
  for no key update;
  -- In one order, or two statements that change several leases could wait for each other. What has run
  -- out too: a renewal of it may be about to commit.
  held := array(
    select l.session_id
    from public.bot_session_leases l, public.bot_sessions s,
      jsonb_each_text(bot_session_release.fences) as given (session_id, fence)
    where l.session_id = given.session_id and l.fence = given.fence::bigint and l.expires_at is not null
      and s.session_id = l.session_id and s.status = 'active'
    order by l.session_id collate "C"
    for no key update of l);
  return query
    with released as (
      update public.bot_session_leases l
      set expires_at = null, released_at = clock_timestamp()
      where l.session_id = any (local.held) and l.expires_at > clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from released order by session_id collate "C";
end
$function$;

comment on function public.bot_session_release(jsonb) is
'Gives leases back, for a worker that shuts down. The sessions stay active, and others may claim them at once.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
Returns the leases given back, in the order of session_id COLLATE "C". A lease that is missing was no longer held.
Locks the rows of bot_sessions; sets expires_at and released_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases.';
