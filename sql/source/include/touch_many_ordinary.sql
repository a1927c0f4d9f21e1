-- Elements are updated together but for those that are refused and, of a session that is named twice, those before its
-- last. One by one come all where code of yours runs for each row, which may see what those before it did, or change for
-- those after it who may do what. To keep what is not given, all three columns are set: who may not set them all gets one
-- statement each.
ordinary := has_table_privilege('public.bot_sessions'::regclass, 'select')
  and has_table_privilege('public.bot_sessions'::regclass, 'update')
  and not row_security_active('public.bot_sessions'::regclass)
  and (fenced and row_security_active('public.bot_session_leases')) is not true
  and not exists (
    select
    from pg_class c
    where c.oid = 'public.bot_sessions'::regclass and (c.relkind <> 'r' or c.relhassubclass or c.relchecks > 0)
    union all
    select
    from pg_trigger t
    where t.tgrelid = 'public.bot_sessions'::regclass and not t.tgisinternal
      and t.tgfoid not in ('public.bot_session_maintain()'::regprocedure, 'public.bot_session_audit()'::regprocedure)
    union all
    select
    from pg_attribute a
    where a.attrelid = 'public.bot_sessions'::regclass and a.attgenerated <> ''
    union all
    select
    -- The catalog of indexes is read from end to end: only where there is one more than the primary key.
    where exists (
        select
        from pg_depend d
        where d.refclassid = 'pg_class'::regclass and d.refobjid = 'public.bot_sessions'::regclass
          and d.classid = 'pg_class'::regclass and d.deptype = 'a')
      and exists (
        select
        from pg_index i
        where i.indrelid = 'public.bot_sessions'::regclass and (i.indexprs is not null or i.indpred is not null)));
