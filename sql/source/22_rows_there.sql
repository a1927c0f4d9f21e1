
  -- What the rows say. To read a table is to run code of its owner's, in an index or a constraint. So the questions are
  -- put by a function that has the owner's rights, and whatever else it does is undone: only the answers stay.
  declare
    adopted boolean := sessions is not null and not exists (
      select from pg_trigger where tgrelid = sessions and tgfoid = to_regprocedure('public.bot_session_maintain()'));
    readable pg_catalog.oid[] := array(
      select oid
      from pg_class
      where oid = any (relations_there) and relkind in ('r', 'p') and relowner = tables_owner
        and pg_has_role(tables_owner, 'usage'));
    questions pg_catalog.text[];
    answers pg_catalog.jsonb;
    unset_columns pg_catalog.text;
  begin
    if adopted and sessions = any (readable) then
      -- No other rows may come in from here on.
      lock table public.bot_sessions in share row exclusive mode;
    end if;

    questions := array(
      select format('select ''problem'', format(''%%s rows of public.%1$s have no %2$s'', count(*))'
        ' from public.%1$s where %3$I is null having count(*) > 0', ours.tab, ours.col, a.attname)
      from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][4:4])
        with ordinality as ours (tab, col, nulls, n)
      join pg_attribute a on a.attrelid = any (readable) and a.attrelid = to_regclass('public.' || ours.tab)
        and a.attname = real_names ->> (ours.tab || '.' || ours.col) and not a.attnotnull
      where ours.nulls = 'not null'
      order by ours.n
    ) || array(
      -- Rows that our trigger has not seen.
      select format('select %L, format(''%%s rows of public.bot_sessions have %s'', count(*))'
        ' from (select %s from public.bot_sessions) as s where %s having count(*) > 0',
        checks.kind, checks.what, (
          select string_agg(format('%I as %s', value, split_part(key, '.', 2)), ', ')
          from jsonb_each_text(real_names)
          where key like 'bot_sessions.%'),
        checks.condition)
      from (values
        ('problem', 'a session_id that is empty or has more than 255 characters', '{bot_sessions.session_id}',
          'char_length(session_id::text) not between 1 and 255'),
        ('problem', 'a status other than active and inactive', '{bot_sessions.status}',
          'status::text not in (''active'', ''inactive'')'),
        ('problem', 'an infinite updated_at', '{bot_sessions.updated_at}',
          'updated_at::text in (''infinity'', ''-infinity'')'),
        ('warning', 'a QR code', '{bot_sessions.status, bot_sessions.qr_data}',
          'status::text = ''inactive'' and qr_data is not null')
      ) as checks (kind, what, columns, condition)
      where adopted and sessions = any (readable) and real_names ?& checks.columns::text[]
    ) || array(
      -- A CHECK on status alone that refuses what the functions set, tried where it is made of built-in operators.
      select format('select ''problem'', %L'
        ' where not (select bool_and(%s) from (values (''active''), (''inactive'')) as s (%I))',
        format('constraint %I of public.bot_sessions must allow the status active and inactive', c.conname),
        pg_get_expr(c.conbin, c.conrelid), a.attname)
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        and a.attname = real_names ->> 'bot_sessions.status'
        and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
      where c.conrelid = sessions and sessions = any (readable) and c.contype = 'c'
        and c.conbin::text not like '%{FUNCEXPR %' and not exists (select from pg_depend d
          where d.classid = 'pg_constraint'::regclass and d.objid = c.oid and d.refclassid <> 'pg_class'::regclass)
      order by c.conname
    ) || array(
      select format('select %L, max(%I)::text from %s', a.attname, a.attname, a.attrelid::regclass)
      from pg_attribute a
      where a.attrelid = any (readable) and a.atttypid = 'bigint'::regtype
        and (a.attrelid, a.attname) in ((leases, 'fence'), (events, 'event_id')));

    if questions <> '{}' then
      begin
        execute format('create function public.bot_session_ask() returns table (kind text, what text)'
          ' language sql security definer set search_path = pg_catalog, pg_temp as %L',
          array_to_string(questions, ' union all '));
        execute format('alter function public.bot_session_ask() owner to %s', tables_owner);
        answers := (select jsonb_agg(jsonb_build_array(kind, what)) from public.bot_session_ask());
        raise exception using errcode = 'BSASK';
      exception when sqlstate 'BSASK' then
        null;
      end;
    end if;

    problems := problems || array(select a ->> 1 from jsonb_array_elements(answers) as a where a ->> 0 = 'problem');
    highest_fence := (select a ->> 1 from jsonb_array_elements(answers) as a where a ->> 0 = 'fence');
    highest_event := (select a ->> 1 from jsonb_array_elements(answers) as a where a ->> 0 = 'event_id');

    if adopted and problems = '{}' then
      unset_columns := (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_attribute
        where attrelid = sessions and attnum > 0 and not attisdropped and attnotnull and not atthasdef
          and attidentity = '' and attname not in ('session_id', 'created_at', 'status', 'updated_at'));
      if unset_columns is not null then
        raise warning 'columns of public.bot_sessions are NOT NULL and have no default: %', unset_columns using
          hint = 'bot_session_start does not set them. Give them a default, '
            'or insert the row before its session is started.';
      end if;
      if exists (select from jsonb_array_elements(answers) as a where a ->> 0 = 'warning') then
        raise warning 'inactive sessions in public.bot_sessions still hold a QR code' using
          hint = 'No row is changed here. To remove them: '
            'update public.bot_sessions set qr_data = null where status = ''inactive''.';
      end if;
    end if;
  end;
