create or replace function public.bot_session_audit_lease()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  before public.bot_session_leases;
  subject text;
begin
  if tg_when <> 'AFTER' or tg_level <> 'ROW' or tg_nargs <> 0 then
    raise trigger_protocol_violated using
      message = 'function "bot_session_audit_lease" must be fired AFTER INSERT OR UPDATE for each row, without arguments';
  elsif tg_table_schema <> 'public' or tg_table_name <> 'bot_session_leases' then
    if tg_relid <> to_regclass('public.bot_session_leases')
        and not exists (select from pg_partition_ancestors(tg_relid) where relid = to_regclass('public.bot_session_leases')) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit_lease" can only be attached to table bot_session_leases of its own schema';
    end if;
  end if;
  if tg_op = 'UPDATE' then
    before := old;
  end if;
  if tg_op = 'DELETE' or (before.expires_at is null) = (new.expires_at is null)
      and (new.expires_at is null or before.fence = new.fence) then
    return null; -- deleted with its session, or nothing but renewed
  end if;
  if to_regclass('public.bot_session_events') is null then
    raise undefined_table using
      message = 'relation "public.bot_session_events" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  elsif exists (
      select from pg_class
      where oid in (to_regclass('public.bot_sessions'), to_regclass('public.bot_session_events'))
        and pg_get_userbyid(relowner) <> current_user) then
    --include include/owner_has_changed.sql
  end if;

  --include include/jwt_subject.sql

  insert into public.bot_session_events (session_id, event, reason, actor_role, actor_sub, happened_at)
  select new.session_id, happened.event, happened.worker,
    coalesce(nullif(current_setting('role'), 'none'), session_user), subject, clock_timestamp()
  from (values
    (before.expires_at is not null,
      case when new.expires_at is null and before.expires_at > clock_timestamp() then 'released' else 'lease_lost' end,
      before.worker),
    (new.expires_at is not null, 'claimed', new.worker)
  ) as happened (so, event, worker)
  where happened.so;
  return null;
end
$function$;

comment on function public.bot_session_audit_lease() is
'Trigger function of bot_session_leases, AFTER INSERT OR UPDATE for each row. Records in bot_session_events which worker got the lease, gave it back or lost it. Runs as the owner of that table.';
