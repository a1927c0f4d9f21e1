  ---------------------------------------------------------------------------
  -- 5. The functions: the C edition,
  ---------------------------------------------------------------------------

  if edition = 'c' then
    --include 52_extension.sql
  else

  ---------------------------------------------------------------------------
  --    or the PL/pgSQL edition.
  ---------------------------------------------------------------------------

    if to_regtype('public.bot_session') is null then
      --include types/bot_session.sql
    end if;
    if to_regtype('public.bot_session_lease') is null then
      --include types/bot_session_lease.sql
    end if;

    -- An interval is positive where it leads past 1 February: the month after that day is the shortest there is, and
    -- those before it are the longest. Compared with zero, '1 month -29 days' would be positive in February too.
    -- Where a query reads a table of yours, variables are qualified: a column may have any name.
    -- What is compared with a column has the default collation: an argument has that of the caller's expression.
    -- The path names pg_temp, last: left out, as in an empty path, it is where types are looked for first, and a
    -- caller's would run as the owner of a SECURITY DEFINER function that calls one of these.
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
