create or replace function public.bot_session_forget(session_id text, fence bigint default null, reason text default null)
returns integer
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_forget.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  leases integer;
  deleted integer;
begin
  --include include/check_session_id.sql
  perform from public.bot_sessions s where s.session_id = local.id for no key update;
  if not found then
    --include include/session_not_found.sql
  end if;
  --include include/data_fence_locked.sql

  --include include/data_forget.sql
  get diagnostics deleted = row_count;
  --include include/operation_over.sql
  return deleted;
end
$function$;

comment on function public.bot_session_forget(text, bigint, text) is
'Deletes all that the bot of a session logs in with. The bot has to be scanned again.

session_id: name of the session.
fence: the fence of the caller''s lease. Without one nothing is deleted while a lease is live. For an inactive session give none, or the fence that ended it.
reason: why, for the audit trail; no secrets.
Returns the number of rows deleted.
Locks the row of bot_sessions.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT and DELETE of bot_session_data. Whether a lease is live is asked as the owner of the tables.';
