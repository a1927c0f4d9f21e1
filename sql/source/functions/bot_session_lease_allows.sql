-- Runs as the owner of the tables: a policy that hides leases from the caller must not let in who has none.
create or replace function public.bot_session_lease_allows(session_id text, fence bigint)
returns boolean
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_lease_allows.session_id;
  held bigint;
  live boolean;
begin
  --include include/check_owner_of_leases.sql
  select l.fence, l.expires_at > clock_timestamp()
  into held, live
  from public.bot_session_leases l
  where l.session_id = local.id;
  if bot_session_lease_allows.fence is null then
    if live is not true then
      return true;
    end if;
  elsif held is distinct from bot_session_lease_allows.fence then
    return false;
  elsif live then
    return true;
  end if;
  -- No lease counts for a session that is not active, and the fence that ended it is good.
  return exists (select from public.bot_sessions s where s.session_id = local.id and s.status is distinct from 'active');
end
$function$;

comment on function public.bot_session_lease_allows(text, bigint) is
'Says whether the lease of a session lets a caller with that fence go on. Save, load, forget and expire ask it. It reads the leases as the owner of the tables.

session_id: the session, whose row of bot_sessions the caller has locked.
fence: NULL for a caller without one.
Returns, for an active session, whether the fence is that of the live lease, or without a fence, whether no lease is live. For a session that has ended, returns true without a fence and with the fence that ended it.
Locks nothing. It does not see a renewal that is not committed yet: bot_session_lock_leases waits for that.
Errors: 42501 no privilege, or the tables'' owner has changed; 42P01 no table.
Privileges: EXECUTE.';
