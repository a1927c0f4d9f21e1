-- Most are updated together. One by one come those of a session that is named twice, what is refused, and all where
-- code of yours runs for each row, which may see what those before it did, or change for those after it who may do what.
-- To keep what is not given, all three columns are set: who may not set them all gets one statement each.
if locked <> '{}' and (
    select has_table_privilege(c.oid, 'update') and not c.relhassubclass and c.relchecks = 0 and not row_security_active(c.oid) and not exists (
        select from pg_trigger t
        where t.tgrelid = c.oid and not t.tgisinternal
          and t.tgfoid not in ('public.bot_session_maintain()'::regprocedure, 'public.bot_session_audit()'::regprocedure))
      and not exists (select from pg_index i where i.indrelid = c.oid and (i.indexprs is not null or i.indpred is not null))
      and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '')
    from pg_class c
    where c.oid = 'public.bot_sessions'::regclass) then
  repeated := array(select g.id from unnest(local.ids) as g (id) group by g.id having count(*) > 1);
  with given as (
    --include include/touch_many_given.sql
  )
  select array_agg(g.number), array_agg(g.id), array_agg(g.message), array_agg(g.qr), array_agg(g.fence)
  into plain, plain_ids, plain_messages, plain_qrs, plain_fences
  from given g
  where g.id <> all (local.repeated) and (g.fence is null or g.number = any (local.live))
    and (cardinality(local.locked) = cardinality(local.ids) or g.id = any (local.locked));
  if plain <> '{}' then
    with updated as (
      update public.bot_sessions s
      set last_message = coalesce(g.message, s.last_message),
        qr_data = case when g.qr is null then s.qr_data else nullif(g.qr, '') end,
        updated_at = case when g.message is null and g.qr is null then clock_timestamp() else s.updated_at end
      from (
        select g.number, g.id, g.message, g.qr, g.fence
        from unnest((select local.plain), (select local.plain_ids), (select local.plain_messages), (select local.plain_qrs),
          (select local.plain_fences)) as g (number, id, message, qr, fence)
        limit (select cardinality(local.plain))
      ) as g
      where s.session_id = g.id and (s.status = 'active' or g.fence is null and (g.qr <> '') is not true)
      returning g.number,
        --include include/session_columns.sql
        g.fence)
    select array_agg(u.number), array_agg(u.session_id), array_agg(u.created_at), array_agg(u.last_message),
      array_agg(u.status), array_agg(u.qr_data), array_agg(u.updated_at), array_agg(u.fence)
    into touched, session_ids, created_ats, last_messages, statuses, codes, updated_ats, row_fences
    from updated u;
  end if;
end if;
