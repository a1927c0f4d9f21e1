  declare
    name_of_check pg_catalog.name;
    condition pg_catalog.text;
    allowed boolean;
    unset_columns pg_catalog.text;
  begin
    -- A CHECK on status alone that refuses what the functions set. Tried only where it is made of built-in operators:
    -- a function would run here with the rights of whoever runs the migration.
    for condition, name_of_check in
      select pg_get_expr(c.conbin, c.conrelid), c.conname
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
      where c.conrelid = sessions and c.contype = 'c' and a.attname = 'status' and a.atttypid = 'text'::regtype
        and c.conbin::text not like '%{FUNCEXPR %' and not exists (select from pg_depend d
          where d.classid = 'pg_constraint'::regclass and d.objid = c.oid and d.refclassid <> 'pg_class'::regclass)
      order by c.conname
    loop
      execute format('select bool_and(%s) from (values (''active''), (''inactive'')) as s (status)', condition) into allowed;
      if not allowed then
        problems := problems || format('constraint %I of public.bot_sessions must allow the status active and inactive', name_of_check);
      end if;
    end loop;

    -- Leases of sessions that are gone are deleted below, before the foreign key is made. That fires triggers, which are
    -- the owner's and must not run with the rights of anybody else.
    if leases is not null and tables_owner <> current_user::regrole and not exists (
        select from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = leases and c.confrelid = sessions and c.contype = 'f' and a.attname = 'session_id') then
      problems := problems || format('the foreign key of public.bot_session_leases is missing: run this as role %s', tables_owner);
    end if;

    -- Rows that came in before our trigger was there; no others may come in from here on.
    if sessions is not null and problems = '{}' and not exists (
        select from pg_trigger where tgrelid = sessions and tgfoid = to_regprocedure('public.bot_session_maintain()')) then
      lock table public.bot_sessions in share row exclusive mode;
      problems := problems || array(
        select format('%s rows of public.bot_sessions have %s', checks.count, checks.what)
        from (
          select
            count(*) filter (where status not in ('active', 'inactive')) as other_status,
            count(*) filter (where status is null or created_at is null or updated_at is null) as nulls,
            count(*) filter (where char_length(session_id) not between 1 and 255) as wrong_id
          from public.bot_sessions
        ) as found
        cross join lateral (values
          (found.other_status, 'a status other than active and inactive'),
          (found.nulls, 'no status, created_at or updated_at'),
          (found.wrong_id, 'a session_id that is empty or has more than 255 characters')
        ) as checks (count, what)
        where checks.count > 0);

      unset_columns := (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_attribute
        where attrelid = sessions and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''
          and attname not in ('session_id', 'created_at', 'status', 'updated_at'));
      if unset_columns is not null then
        raise warning 'columns of public.bot_sessions are NOT NULL and have no default: %', unset_columns
          using hint = 'bot_session_start does not set them. Give them a default, or insert the row before its session is started.';
      end if;
      if exists (select from public.bot_sessions where status = 'inactive' and qr_data is not null) then
        raise warning 'inactive sessions in public.bot_sessions still hold a QR code'
          using hint = 'No row is changed here. To remove them: update public.bot_sessions set qr_data = null where status = ''inactive''.';
      end if;
    end if;

    if leases is not null and problems = '{}' then
      problems := problems || array(
        select format('%s rows of public.bot_session_leases have no worker or no fence', count(*))
        from public.bot_session_leases
        where worker is null or fence is null
        having count(*) > 0);
    end if;
  end;
