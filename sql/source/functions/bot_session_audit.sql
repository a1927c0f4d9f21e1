-- Runs as the owner of the tables: who changes a session has no right to write its history.
create or replace function public.bot_session_audit()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $function$
<<local>>
declare
  operation text := current_setting('botsession.operation', true);
  id text;
  event text;
  reason text;
  subject text;
begin
  -- A start of an active session passes by two conditions; what else happens is looked at one by one. The first one opens
  -- the trail, and so learns of a change of owner that was committed while this waited.
  if tg_op = 'UPDATE' and tg_when = 'AFTER' and tg_level = 'ROW' and tg_argv is null
      and tg_relid = 'public.bot_sessions'::regclass
      and old.status = 'active' and new.status = 'active' and operation = 'bot_session_start ' || new.session_id
      and pg_get_replica_identity_index('public.bot_session_events') is not null then
    if pg_get_userbyid(public.bot_session_owner('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass))
        = current_user then
      operation := set_config('botsession.operation', '', true);
      --include include/jwt_subject.sql
      insert into public.bot_session_events (session_id, event, actor_role, actor_sub, happened_at)
      values (new.session_id, 'recovered', coalesce(nullif(current_setting('role'), 'none'), session_user), subject,
        clock_timestamp());
      return null;
    end if;
  end if;

  if tg_when <> 'AFTER' or tg_level <> 'ROW' or tg_argv is not null or tg_relid <> 'public.bot_sessions'::regclass then
    if tg_when <> 'AFTER' or tg_level <> 'ROW' or tg_nargs <> 0 then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit" must be fired AFTER INSERT OR UPDATE OR DELETE for each row, without arguments';
    elsif not exists (select from pg_partition_ancestors(tg_relid) where relid = 'public.bot_sessions'::regclass) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit" can only be attached to table bot_sessions of its own schema';
    end if;
  end if;

  if tg_op = 'UPDATE' then
    id := new.session_id;
    if new.status = old.status then
      if operation = 'bot_session_start ' || id and new.status = 'active' then
        event := 'recovered';
      else
        return null;
      end if;
    elsif new.status = 'active' then
      event := 'reopened';
    elsif old.status = 'active' then
      event := 'ended';
    else
      return null;
    end if;
  elsif tg_op = 'INSERT' then
    id := new.session_id;
    event := 'created';
  else
    id := old.session_id;
    event := 'deleted';
  end if;
  perform
  from pg_class
  where oid in ('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass,
      case when event = 'ended' then to_regclass('public.bot_session_leases') end)
    and pg_get_userbyid(relowner) <> current_user;
  if found then
    --include include/owner_has_changed.sql
  end if;

  -- The operation names its session, and its first change takes it: what triggers
  -- change on the way is a change of its own.
  if ' ' || id = substr(operation, strpos(operation, ' ')) then
    if operation not like 'bot_session_start %' then -- which takes no reason
      reason := nullif(current_setting('botsession.reason', true), '');
    end if;
    operation := set_config('botsession.operation', '', true);
  end if;
  --include include/jwt_subject.sql
  insert into public.bot_session_events (session_id, event, reason, actor_role, actor_sub, happened_at)
  values (id, event, reason, coalesce(nullif(current_setting('role'), 'none'), session_user), subject, clock_timestamp());

  -- Whoever ends the session, by whatever path, ends its lease.
  if event = 'ended' then
    if to_regclass('public.bot_session_leases') is not null then
      update public.bot_session_leases
      set expires_at = null, released_at = null
      where session_id = local.id and coalesce(expires_at, released_at) is not null;
    end if;
  end if;
  return null;
end
$function$;

comment on function public.bot_session_audit() is
'Trigger function of bot_sessions, AFTER INSERT OR UPDATE OR DELETE for each row. Records what happened to the session in bot_session_events, and releases the lease of a session that ended. Runs as the owner of these tables.';
