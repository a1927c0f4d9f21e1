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
  -- No lease counts for a session that has ended, and the fence that ended it is good.
  return exists (select from public.bot_sessions s where s.session_id = local.id and s.status = 'inactive');
end
$function$;

comment on function public.bot_session_lease_allows(text, bigint) is
'Tells whether the lease of a session lets somebody with that fence go on. The functions that ask it call this, whose rights on leases are those of the tables'' owner.

session_id: the session, whose row of bot_sessions the caller has locked.
fence: NULL for somebody without one.
Returns, for an active session: with a fence whether it is that of the live lease, without one whether no lease is live. For one that has ended: true without a fence, and with the one that ended it.
Locks nothing. A renewal that is not committed yet is not seen: bot_session_lock_leases waits for it.
Errors: 42501 no privilege, or the tables'' owner has changed; 42P01 no table.
Privileges: EXECUTE.';
