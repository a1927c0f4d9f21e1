  ---------------------------------------------------------------------------
  -- 7. Who may do what: service_role what a bot service needs, anon nothing, authenticated what you grant it.
  ---------------------------------------------------------------------------

  declare
    object pg_catalog.record;
    objects pg_catalog.text[] := '{}'; -- oid and name of each
    grantee pg_catalog.text;
  begin
    for object in
      select c.oid, format('%s %s', case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass) as name
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relname = any (our_tables[:][1:1])
        or c.oid = pg_get_serial_sequence('public.bot_session_events', 'event_id')::regclass
      union all
      select p.oid, format('function %s', p.oid::regprocedure)
      from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.proname = any (our_functions[:][1:1])
      union all
      select t.oid, format('type %s', t.oid::regtype)
      from pg_type t
      where t.typnamespace = 'public'::regnamespace and t.typname = any (our_types[:][1:1])
    loop
      objects := objects || array[[object.oid::text, object.name]];
      execute format('revoke all on %s from PUBLIC', object.name);
      foreach grantee in array '{anon, authenticated, service_role}'::text[] loop
        -- From authenticated what this run made, and no more: the rest may have been granted on purpose.
        if to_regrole(grantee) is not null and (grantee <> 'authenticated' or object.oid <> all (objects_there)) then
          -- with what anon granted in its turn
          execute format('revoke all on %s from %I %s',
            object.name, grantee, case grantee when 'anon' then 'cascade' end);
        end if;
      end loop;
    end loop;

    if to_regrole('service_role') is not null then
      for statement in
        select format('grant execute on function %s to service_role', string_agg(p.oid::regprocedure::text, ', '))
        from unnest(our_functions[:][1:1], our_functions[:][3:3]) as ours (name, result)
        join pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = ours.name
        where ours.result not in ('trigger', 'oid')
        union all
        select format('grant %s on %s public.%I to service_role', ours.privileges,
          case c.relkind when 'S' then 'sequence' else 'table' end, ours.name)
        from unnest(our_tables[:][1:1], our_tables[:][2:2]) as ours (name, privileges)
        join pg_class c on c.oid = to_regclass('public.' || ours.name)
        union all
        select format('create policy %I on public.%I to service_role using (true)',
          c.relname || '_service_role', c.relname)
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relname = any (our_tables[:][1:1]) and c.relkind <> 'S'
          and not exists (select from pg_policy where polrelid = c.oid and polname = c.relname || '_service_role')
      loop
        execute statement;
      end loop;
    end if;

    foreach statement in array old_grants loop
      execute statement;
    end loop;

    -- What another role granted, who may, only that role takes back.
    for object in
      select o.name, a.grantor::regrole as grantor,
        case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end as grantee,
        string_agg(lower(a.privilege_type) || acls.columns, ', ' order by a.privilege_type, acls.columns) as privileges
      from unnest(objects[:][1:1]::oid[], objects[:][2:2]) as o (oid, name)
      cross join lateral (
        select relacl, '' from pg_class where oid = o.oid and o.name ~ '^(table|sequence) '
        union all
        select attacl, format(' (%I)', attname) from pg_attribute where attrelid = o.oid and o.name ~ '^table '
        union all
        select proacl, '' from pg_proc where oid = o.oid and o.name ~ '^function '
        union all
        select typacl, '' from pg_type where oid = o.oid and o.name ~ '^type '
      ) as acls (acl, columns)
      cross join lateral aclexplode(acls.acl) a
      where a.grantee in (0, to_regrole('anon')::oid)
      group by o.name, a.grantor, a.grantee
      order by o.name
    loop
      raise warning '% keeps % on %, which role % granted',
          object.grantee, object.privileges, object.name, object.grantor using
        hint = format('As role %s: revoke %s on %s from %s.',
          object.grantor, object.privileges, object.name, object.grantee);
    end loop;
  end;

  -- PostgREST learns of the functions by this.
  notify pgrst, 'reload schema';
  perform set_config('search_path', caller_search_path, true);
  perform set_config('row_security', caller_row_security, true);
  perform set_config('quote_all_identifiers', caller_quote_all_identifiers, true);
end
$migration$;
