  ---------------------------------------------------------------------------
  -- 5. The functions: the C edition,
  ---------------------------------------------------------------------------

  if edition = 'c' then
    --include 52_extension.sql
  else

  ---------------------------------------------------------------------------
  --    or the PL/pgSQL edition.
  ---------------------------------------------------------------------------

    for statement in
      select format('create type public.%I as (%s)', name, attributes)
      from unnest(our_types[:][1:1], our_types[:][2:2]) as ours (name, attributes)
      where to_regtype('public.' || name) is null
    loop
      execute statement;
    end loop;

    -- An interval is positive if it leads past 1 February: no month is shorter than the one after that day, none longer
    -- than the one before. Compared with zero, '1 month -29 days' would be positive in February too.
    -- Where a query reads a table of yours, variables are qualified: a column may have any name.
    -- What is compared with a column has the default collation: an argument has that of the caller's expression.
    -- search_path names pg_temp, last. Left out, it is searched first for types, and code of a caller's type would run
    -- as the owner of a SECURITY DEFINER function.
--functions 02_lists.sql

    -- What runs with its owner's rights has the rights of the tables' owner.
    for statement in
      select format('alter function %s owner to %s', oid::regprocedure, tables_owner)
      from pg_proc
      where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1]) and prosecdef
    loop
      execute statement;
    end loop;

--include types/comments.sql
  end if;
