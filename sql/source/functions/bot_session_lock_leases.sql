-- Runs as the owner of the tables, as bot_session_lease_allows does, which is asked after this.
create or replace function public.bot_session_lock_leases(session_ids text[])
returns integer
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  ids text[] collate "default" := bot_session_lock_leases.session_ids;
  locked integer;
begin
  --include include/check_owner_of_leases.sql
  -- In one order, or two statements that change several leases could wait for each other. A subquery hides the array
  -- from the planner, so that one plan does for all calls.
  perform
  from public.bot_session_leases l
  where l.session_id = any ((select local.ids)::text[])
  order by l.session_id collate "C"
  for no key update;
  get diagnostics locked = row_count;
  return locked;
end
$function$;

comment on function public.bot_session_lock_leases(text[]) is
'Locks the leases of sessions until the end of the transaction, and so waits for renewals that are not committed yet. Save, forget and expire call it. It locks them as the owner of the tables.

session_ids: the sessions, whose rows of bot_sessions the caller has locked.
Returns the number of leases.
Errors: 42501 no privilege, or the tables'' owner has changed; 25006 read-only transaction; 42P01 no table; 40001 above READ COMMITTED if one has changed since the snapshot.
Privileges: EXECUTE.';
