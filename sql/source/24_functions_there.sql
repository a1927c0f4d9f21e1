
  -- A function of our name is ours, of this or another version, if it is the extension's, or has the same first
  -- argument and the same result. No other may be there: nobody could tell which one a call means.
  problems := problems || array(
    select format('function %s is in the way: rename or drop it', found.oid::regprocedure)
    from unnest(our_functions[:][1:1], our_functions[:][2:2], our_functions[:][3:3]) as ours (name, arguments, result)
    join (
      select oid, proname, pg_get_function_identity_arguments(oid) as arguments, pg_get_function_result(oid) as result,
        count(*) over (partition by proname) as of_the_name
      from pg_proc
      where oid = any (functions_there)
    ) as found on found.proname = ours.name
    where (found.arguments <> ours.arguments or found.result is distinct from ours.result)
      and (found.of_the_name > 1
        or split_part(found.arguments, ',', 1) <> split_part(ours.arguments, ',', 1)
        or split_part(found.result, '(', 1) is distinct from split_part(ours.result, '(', 1))
      and not exists (select from pg_depend d join pg_extension e on e.oid = d.refobjid
        where d.classid = 'pg_proc'::regclass and d.objid = found.oid
          and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and e.extname = 'botsession')
    order by found.oid::regprocedure::text collate "C"

  ) || array(
    -- A type of another version is ours if one of our functions returns it.
    select format('type %s is not ours: rename or drop it', t.oid::regtype)
    from pg_type t
    where t.oid = any (types_there)
      and not exists (select from unnest(our_types[:][1:1], our_types[:][2:2]) as ours (name, attributes)
        where ours.name = t.typname and ours.attributes = (
          select string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
          from pg_attribute join pg_class c on c.oid = attrelid
          where c.oid = t.typrelid and c.relkind = 'c' and attnum > 0 and not attisdropped))
      and not exists (select from pg_proc where oid = any (functions_there) and prorettype = t.oid)

  ) || array(
    -- Replacing a function does not change its owner, who could change it again for whoever calls it.
    select format('%s belongs to role %s, who could change it: drop it, or give it to %s', object, owner, tables_owner)
    from (
      select format('function %s', oid::regprocedure), proowner::regrole from pg_proc where oid = any (functions_there)
      union all
      select format('type %s', oid::regtype), typowner::regrole from pg_type where oid = any (types_there)
    ) as found (object, owner)
    where owner not in (tables_owner, current_user::regrole)
      and not exists (select from pg_extension where extname = 'botsession' and extowner = owner)
      and not exists (select from pg_database where datname = current_database() and datdba = owner)
      and not (select rolsuper from pg_roles where oid = owner)
    order by object

  ) || array(
    select format('extension botsession %s', case
      when extnamespace <> 'public'::regnamespace then format('is installed in schema %s', extnamespace::regnamespace)
      else format('belongs to role %s: run this as that role', extowner::regrole) end)
    from pg_extension
    where extname = 'botsession'
      and (extnamespace <> 'public'::regnamespace or not pg_has_role(extowner, 'usage')));
