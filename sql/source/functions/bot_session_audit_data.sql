-- Runs as the owner of the tables: who deletes data has no right to write its history, and may not see all of it.
create or replace function public.bot_session_audit_data()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $function$
<<local>>
declare
  operation text := current_setting('botsession.operation', true);
  operated text;
  subject text;
  ids text[];
begin
  if tg_when <> 'AFTER' or tg_level <> 'STATEMENT' or tg_op <> 'DELETE' or tg_nargs <> 0
      or (select tgoldtable from pg_trigger where tgrelid = tg_relid and tgname = tg_name) is distinct from 'deleted' then
    raise trigger_protocol_violated using
      message = 'function "bot_session_audit_data" must be fired AFTER DELETE for each statement, referencing old table as deleted, without arguments';
  elsif tg_table_schema <> 'public' or tg_table_name <> 'bot_session_data' then
    if tg_relid <> to_regclass('public.bot_session_data')
        and not exists (select from pg_partition_ancestors(tg_relid) where relid = to_regclass('public.bot_session_data')) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit_data" can only be attached to table bot_session_data of its own schema';
    end if;
  end if;

  ids := array(
    select f.session_id
    from (select distinct d.session_id from deleted d) as f
    where exists (select from public.bot_sessions s where s.session_id = f.session_id)
      and not exists (select from public.bot_session_data d where d.session_id = f.session_id)
    order by f.session_id collate "C");
  if ids = '{}' then
    return null;
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

  -- The operation names its session, and its first change takes it.
  if strpos(operation, ' ') > 0 and substr(operation, strpos(operation, ' ') + 1) = any (ids) then
    operated := substr(operation, strpos(operation, ' ') + 1);
    perform set_config('botsession.operation', '', true);
  end if;

  insert into public.bot_session_events (session_id, event, reason, actor_role, actor_sub, happened_at)
  select id, 'forgotten', case when id = operated then nullif(current_setting('botsession.reason', true), '') end,
    coalesce(nullif(current_setting('role'), 'none'), session_user), subject, clock_timestamp()
  from unnest(ids) as id;
  return null;
end
$function$;

comment on function public.bot_session_audit_data() is
'Trigger function of bot_session_data, AFTER DELETE for each statement. Records in bot_session_events that a session which is still there has no data any more. Runs as the owner of the tables.';
