-- botsession 1.0.0: sessions of messaging bots, kept in PostgreSQL.
--
-- Paste this file into the SQL editor and run it, or use psql -f. The script is atomic and
-- idempotent. Rows stay, and so does what you added to the tables.
-- For another schema, replace the word public in the whole file by the name of that schema.
--
-- Where the server has the extension botsession, the script installs its functions, in C.
-- Elsewhere, as on hosted Supabase, it installs the same functions in PL/pgSQL.
-- To choose, run set botsession.edition = 'plpgsql', or 'c', before the file.
--
-- What follows, in this order:
--
--   0. lists of what is installed, and one run at a time
--   1. which edition
--   2. what is there already must fit: nothing is changed before this is known
--   3. tables
--   4. functions and types of the other edition, or of another version, go
--   5. functions and types: the extension, or each function in PL/pgSQL, in the order of the list
--   6. triggers
--   7. grants and policies
--   8. a row that tells what is installed

do $migration$
declare
  -- What botsession consists of. Grants, the checks of what is there, and what is recreated follow from these lists.

  -- Functions: name, arguments, result. service_role may call those that are no trigger functions, nor give an oid.
  our_functions constant pg_catalog.text[] := array[
    ['bot_session_start', 'session_id text, worker text, ttl interval', 'public.bot_session'],
    ['bot_session_touch', 'session_id text, last_message text, qr_data text, fence bigint, heartbeat_interval interval',
      'public.bot_session'],
    ['bot_session_end', 'session_id text, reason text, fence bigint, forget boolean', 'public.bot_session'],
    ['bot_session_touch_many', 'sessions jsonb', 'SETOF public.bot_session'],
    ['bot_session_expire', 'idle interval, max_sessions integer, reason text', 'SETOF public.bot_session'],
    ['bot_session_claim', 'worker text, max_sessions integer, ttl interval', 'SETOF public.bot_session_lease'],
    ['bot_session_renew', 'fences jsonb, ttl interval', 'SETOF public.bot_session_lease'],
    ['bot_session_release', 'fences jsonb', 'SETOF public.bot_session_lease'],
    ['bot_session_lease_allows', 'session_id text, fence bigint', 'boolean'],
    ['bot_session_lock_leases', 'session_ids text[]', 'integer'],
    ['bot_session_save', 'session_id text, data jsonb, fence bigint', 'integer'],
    ['bot_session_save_many', 'saves jsonb', 'jsonb'],
    ['bot_session_load', 'session_id text, keys jsonb, fence bigint', 'json'],
    ['bot_session_forget', 'session_id text, fence bigint, reason text', 'integer'],
    ['bot_session_overview', 'stale_after interval',
      'TABLE(session_id text, state text, has_qr boolean, has_data boolean, worker text, '
      'lease_expires_at timestamp with time zone, created_at timestamp with time zone, '
      'updated_at timestamp with time zone, idle interval)'],
    ['bot_session_version', 'OUT edition text, OUT version text', 'record'],
    ['bot_session_owner', 'one regclass, other regclass', 'oid'],
    ['bot_session_maintain', '', 'trigger'],
    ['bot_session_audit', '', 'trigger'],
    ['bot_session_audit_lease', '', 'trigger'],
    ['bot_session_audit_data', '', 'trigger']];

  -- Types: name, attributes.
  our_types constant pg_catalog.text[] := array[
    ['bot_session', 'session_id text, created_at timestamp with time zone, last_message text, status text, '
      'qr_data text, updated_at timestamp with time zone, previous_status text, fence bigint'],
    ['bot_session_lease', 'session_id text, worker text, fence bigint, expires_at timestamp with time zone']];

  -- Tables and sequences: name, what service_role may do.
  our_tables constant pg_catalog.text[] := array[
    ['bot_sessions', 'select, insert, update, delete'],
    ['bot_session_events', 'select'],
    ['bot_session_leases', 'select, insert, update'],
    ['bot_session_fences', 'usage'],
    ['bot_session_data', 'select, insert, update, delete']];

  -- Columns: table, column, type, whether it must or must not be NULL, default.
  our_columns constant pg_catalog.text[] := array[
    ['bot_sessions', 'session_id', 'text', '', ''],
    ['bot_sessions', 'created_at', 'timestamp with time zone', 'not null', 'now()'],
    ['bot_sessions', 'last_message', 'text', '', ''],
    ['bot_sessions', 'status', 'text', 'not null', '''active'''],
    ['bot_sessions', 'qr_data', 'text', 'null', ''],
    ['bot_sessions', 'updated_at', 'timestamp with time zone', 'not null', 'now()'],
    ['bot_session_events', 'event_id', 'bigint', 'not null', ''],
    ['bot_session_events', 'session_id', 'text', '', ''],
    ['bot_session_events', 'event', 'text', 'not null', ''],
    ['bot_session_events', 'reason', 'text', 'null', ''],
    ['bot_session_events', 'actor_role', 'text', '', ''],
    ['bot_session_events', 'actor_sub', 'text', 'null', ''],
    ['bot_session_events', 'happened_at', 'timestamp with time zone', 'not null', 'clock_timestamp()'],
    ['bot_session_leases', 'session_id', 'text', '', ''],
    ['bot_session_leases', 'worker', 'text', 'not null', ''],
    ['bot_session_leases', 'fence', 'bigint', 'not null', 'nextval(''public.bot_session_fences'')'],
    ['bot_session_leases', 'expires_at', 'timestamp with time zone', 'null', ''],
    ['bot_session_leases', 'released_at', 'timestamp with time zone', 'null', ''],
    ['bot_session_data', 'session_id', 'text', '', ''],
    ['bot_session_data', 'kind', 'text', '', ''],
    ['bot_session_data', 'key', 'text', '', ''],
    ['bot_session_data', 'value', 'text', 'not null', ''],
    ['bot_session_data', 'updated_at', 'timestamp with time zone', 'not null', 'now()']];

  -- Triggers: table, name, time and events, level, function; as pg_get_triggerdef spells them. Those BEFORE an update
  -- fire in the order of their names: zz_ is to have the last word, and the audit, AFTER, the first. No audit trigger
  -- fires for an update that is no event. An update that sets status to what it was writes recovered; what a trigger of
  -- yours makes of status is not in the list of columns that are set. A renewal sets expires_at alone.
  our_triggers constant pg_catalog.text[] := array[
    ['bot_sessions', 'zz_bot_sessions_maintain',
      'BEFORE INSERT OR UPDATE', 'FOR EACH ROW', 'bot_session_maintain'],
    ['bot_sessions', 'aa_bot_sessions_audit',
      'AFTER INSERT OR DELETE', 'FOR EACH ROW', 'bot_session_audit'],
    ['bot_sessions', 'aa_bot_sessions_audit_change',
      'AFTER UPDATE', 'FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status))', 'bot_session_audit'],
    ['bot_sessions', 'aa_bot_sessions_audit_start',
      'AFTER UPDATE OF status', 'FOR EACH ROW WHEN ((old.status = new.status))', 'bot_session_audit'],
    ['bot_session_leases', 'aa_bot_session_leases_audit',
      'AFTER INSERT OR UPDATE OF worker, fence, released_at', 'FOR EACH ROW', 'bot_session_audit_lease'],
    ['bot_session_data', 'aa_bot_session_data_audit',
      'AFTER DELETE', 'REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT', 'bot_session_audit_data']];

  caller_search_path pg_catalog.text := pg_catalog.current_setting('search_path');
  caller_row_security pg_catalog.text := pg_catalog.current_setting('row_security');
  caller_lock_timeout pg_catalog.text := pg_catalog.current_setting('lock_timeout');
  caller_quote_all_identifiers pg_catalog.text := pg_catalog.current_setting('quote_all_identifiers');
  edition pg_catalog.text; -- to be installed: c or plpgsql
  extension_version pg_catalog.text; -- NULL where the extension is not installed yet
  available_version pg_catalog.text; -- NULL where the server does not have it
  sessions pg_catalog.oid; -- the tables that were there before, NULL where there is none
  events pg_catalog.oid;
  leases pg_catalog.oid;
  data pg_catalog.oid;
  tables_owner pg_catalog.regrole;
  relations_there pg_catalog.oid[]; -- what of ours was there before
  functions_there pg_catalog.oid[];
  types_there pg_catalog.oid[];
  objects_there pg_catalog.oid[]; -- all of it
  real_names pg_catalog.jsonb; -- of our columns in these tables: {"bot_sessions.session_id": "sessionId", ...}
  highest_fence bigint; -- in the table: given out
  highest_event bigint;
  problems pg_catalog.text[]; -- what is in the way of an installation
  mends pg_catalog.text[]; -- statements that give tables that were there what they lack
  old_grants pg_catalog.text[]; -- statements that restore what goes with a function that is recreated
  old_triggers pg_catalog.text[];
  statement pg_catalog.text;
begin
  -- Nothing of the same name in another schema may be meant by what follows. Unnamed, the temporary schema came first.
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  -- Names are compared as they are written here.
  perform set_config('quote_all_identifiers', 'off', true);
  -- Rows that a policy hides from the role that runs this are an error, and not overlooked.
  perform set_config('row_security', 'off', true);

  -- One run at a time. Any role may hold this lock, so it is not waited for without end.
  begin
    if caller_lock_timeout = '0' then
      perform set_config('lock_timeout', '1min', true);
    end if;
    perform pg_advisory_xact_lock(hashtextextended('create_bot_sessions.sql', 0));
    perform set_config('lock_timeout', caller_lock_timeout, true);
  exception when lock_not_available then
    raise lock_not_available using
      message = 'another run of create_bot_sessions.sql has not ended',
      hint = 'pg_locks shows who holds the advisory lock that this waits for; pg_terminate_backend ends it.';
  end;

  if not has_schema_privilege('public'::regnamespace, 'create') then
    raise insufficient_privilege using
      message = format('role %s may not create anything in schema public', current_user::regrole),
      hint = format('Run this as another role, or: grant create on schema public to %s.', current_user::regrole);
  end if;

  ---------------------------------------------------------------------------
  -- 1. Which edition?
  ---------------------------------------------------------------------------

  extension_version := (select extversion from pg_extension where extname = 'botsession');
  available_version := (select default_version from pg_available_extensions where name = 'botsession');
  edition := lower(nullif(current_setting('botsession.edition', true), ''));

  if edition not in ('c', 'plpgsql') then
    raise invalid_parameter_value using
      message = 'botsession.edition must be c or plpgsql';
  elsif edition = 'c' and coalesce(extension_version, available_version) is null then
    raise feature_not_supported using
      message = 'this server does not have the extension botsession',
      hint = 'Install it on the server, or reset botsession.edition to get the PL/pgSQL edition.';
  elsif edition is null then
    edition := case
      when extension_version is not null then 'c'
      when available_version is not null and has_database_privilege(current_database(), 'create') then 'c'
      else 'plpgsql' end;
    if edition = 'plpgsql' and available_version is not null then
      raise warning
        'extension botsession is available, but role % may not create it: installing the PL/pgSQL edition',
        current_user using
        hint = format('To get the C edition, run this as a role with CREATE on database %I.', current_database());
    end if;
  end if;

  ---------------------------------------------------------------------------
  -- 2. What is there already must fit.
  ---------------------------------------------------------------------------

  sessions := to_regclass('public.bot_sessions');
  events := to_regclass('public.bot_session_events');
  leases := to_regclass('public.bot_session_leases');
  data := to_regclass('public.bot_session_data');
  tables_owner := coalesce((select relowner from pg_class where oid = sessions), current_user::regrole);
  relations_there := array(
    select oid from pg_class where relnamespace = 'public'::regnamespace and relname = any (our_tables[:][1:1]));
  functions_there := array(
    select oid from pg_proc where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1]));
  types_there := array(
    select oid from pg_type where typnamespace = 'public'::regnamespace and typname = any (our_types[:][1:1]));

  -- A column whose name differs by case and underscores alone, as sessionId, is taken for ours.
  real_names := (
    select jsonb_object_agg(ours.tab || '.' || ours.col, a.attname order by a.attname = ours.col)
    from unnest(our_columns[:][1:1], our_columns[:][2:2]) as ours (tab, col)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attnum > 0 and not a.attisdropped
      and lower(replace(a.attname, '_', '')) = replace(ours.col, '_', ''));

  problems := array(
    select checks.what
    from pg_class c
    left join pg_sequence s on s.seqrelid = c.oid
    cross join lateral (
      select case c.relname when 'bot_session_fences' then 'sequence' else 'table' end) as wanted (kind)
    cross join lateral (values
      (1, c.oid = sessions and not pg_has_role(tables_owner, 'usage'),
        format('table public.bot_sessions belongs to role %s: run this as that role', tables_owner)),
      (2, strpos(case wanted.kind when 'table' then 'rp' else 'S' end, c.relkind::text) = 0,
        format('public.%s is not a %s: rename or drop it', c.relname, wanted.kind)),
      (3, s.seqincrement < 0 or s.seqcycle or s.seqcache > 1, 'sequence public.bot_session_fences must count up, '
        'with NO CYCLE and CACHE 1: no fence may come again, or late'),
      (4, c.relowner <> tables_owner, format('%s public.%s must have the owner of public.bot_sessions, %s',
        wanted.kind, c.relname, tables_owner))
    ) as checks (n, wrong, what)
    where c.oid = any (relations_there) and checks.wrong
    order by checks.n, c.relname

  ) || array(
    select checks.what
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][3:3], our_columns[:][4:4])
      with ordinality as ours (tab, col, typ, nulls, n)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    left join pg_attribute a on a.attrelid = t.oid and a.attname = real_names ->> (ours.tab || '.' || ours.col)
    cross join lateral format('column %s of public.%s', quote_ident(a.attname), ours.tab) as the_column
    cross join lateral (values
      (1, a.attname is null, format('table public.%s has no column %s: add it as %s', ours.tab, ours.col, ours.typ)),
      (2, a.attname <> ours.col, format('%s must be named %s: rename it', the_column, ours.col)),
      (3, a.atttypid <> ours.typ::regtype,
        format('%s is of type %s: it must be %s', the_column, format_type(a.atttypid, a.atttypmod), ours.typ)),
      (4, a.attgenerated <> '', format('%s is a generated column', the_column)),
      (5, a.attnotnull and ours.nulls = 'null', format('%s is NOT NULL: let it be null', the_column)),
      (6, t.oid = data and ours.col in ('kind', 'key') and a.atttypid = 'text'::regtype
        and a.attcollation <> '"C"'::regcollation, format('%s must have the collation "C"', the_column))
    ) as checks (n, wrong, what)
    where checks.wrong
    order by ours.n, checks.n

  ) || array(
    select format('the primary key of public.%s must be (%s), not deferrable',
      ours.tab, array_to_string(ours.key, ', '))
    from (values
      (1, 'bot_sessions', '{session_id}'::text[]),
      (2, 'bot_session_leases', '{session_id}'),
      (3, 'bot_session_data', '{session_id, kind, key}')
    ) as ours (n, tab, key)
    join pg_class t on t.oid = to_regclass('public.' || ours.tab) and t.relkind in ('r', 'p')
    where not exists (
      select from pg_constraint
      where conrelid = t.oid and contype = 'p' and not condeferrable and conkey = array(
        select a.attnum
        from unnest(ours.key) with ordinality as k (col, n)
        join pg_attribute a on a.attrelid = t.oid and a.attname = real_names ->> (ours.tab || '.' || k.col)
        order by k.n))
    order by ours.n

  ) || array(
    select format('trigger %I of %s is not ours: rename or drop it', t.tgname, t.tgrelid::regclass)
    from unnest(our_triggers[:][1:1], our_triggers[:][2:2], our_triggers[:][5:5]) as ours (tab, trigger, function)
    join pg_trigger t on t.tgrelid = to_regclass('public.' || ours.tab) and t.tgname = ours.trigger
    where t.tgfoid is distinct from to_regprocedure(format('public.%I()', ours.function))
    order by t.tgname);


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


  -- What tables that were there before lack. To alter a table is to run code of its owner's, as above.
  mends := array(
    select statements.statement
    from unnest(our_columns[:][1:1], our_columns[:][2:2], our_columns[:][4:4], our_columns[:][5:5])
      with ordinality as ours (tab, col, nulls, value, n)
    join pg_attribute a on a.attrelid = to_regclass('public.' || ours.tab) and a.attname = ours.col
    -- The sequence that the column takes its values from
    left join lateral (
      select c.oid, c.relowner = tables_owner as owned
      from pg_attrdef def
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = def.oid
        and d.refclassid = 'pg_class'::regclass
      join pg_class c on c.oid = d.refobjid and c.relkind = 'S'
      where def.adrelid = a.attrelid and def.adnum = a.attnum
      limit 1) as sequence on true
    cross join lateral pg_get_serial_sequence('public.' || ours.tab, ours.col) as serial (name)
    cross join lateral format('alter table public.%s alter %s ', ours.tab, ours.col) as alter_column
    cross join lateral (
      select ours.col = 'event_id' and a.attidentity = '' and sequence.owned is not true) as event_id (lost)
    cross join lateral (values
      (1, ours.nulls = 'not null' and not a.attnotnull, alter_column || 'set not null'),
      (2, ours.col = 'fence' and a.attidentity <> '', alter_column || 'drop identity'),
      (3, event_id.lost and a.atthasdef, alter_column || 'drop default'),
      (4, event_id.lost and serial.name is not null, format('alter sequence %s owned by none', serial.name)),
      (5, event_id.lost, alter_column || 'add generated always as identity'),
      (6, ours.value <> '' and not a.atthasdef
        or ours.col = 'fence' and sequence.oid is distinct from to_regclass('public.bot_session_fences'),
        alter_column || 'set default ' || ours.value)
    ) as statements (step, needed, statement)
    where statements.needed
    order by ours.n, statements.step

  ) || array(
    select format('create index %s on public.%s %s',
      case when to_regclass('public.' || wanted.name) is null then wanted.name end, wanted.tab, wanted.definition)
    from (values
      ('bot_session_events', 'bot_session_events_session_id_idx', '(session_id, event_id)', 'session_id', 'event_id'),
      ('bot_session_leases', 'bot_session_leases_abandoned_idx',
        '(coalesce(expires_at, released_at)) where coalesce(expires_at, released_at) is not null',
        'COALESCE(expires_at, released_at)', '')
    ) as wanted (tab, name, definition, first, second)
    where to_regclass('public.' || wanted.tab) is not null and not exists (
      select from pg_index i
      where i.indrelid = to_regclass('public.' || wanted.tab) and i.indisvalid
        and pg_get_indexdef(i.indexrelid, 1, true) = wanted.first
        and pg_get_indexdef(i.indexrelid, 2, true) = wanted.second
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', wanted.first)))

  ) || array(
    -- Leases and data go with their session. The foreign key is gone where bot_sessions was dropped and recreated.
    select statements.statement
    from unnest(array[leases, data]) with ordinality as ours (rel, n)
    cross join lateral (
      select array_agg(c.conname) filter (where rule.works) as good,
        array_agg(c.conname) filter (where not rule.works) as bad
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum] and a.attname = 'session_id'
      -- conenforced is new in 18
      cross join lateral (select c.confupdtype = 'c' and c.confdeltype = 'c'
        and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) as rule (works)
      where c.conrelid = ours.rel and c.confrelid = sessions and c.contype = 'f' and c.conparentid = 0
    ) as found
    cross join lateral (
      select 1, format('alter table %s drop constraint %I', ours.rel::regclass, name) from unnest(found.bad) as name
      union all
      select missing.step, format(missing.statement, ours.rel::regclass)
      from (values
        (2, 'delete from %s t where not exists (select from public.bot_sessions s where s.session_id = t.session_id)'),
        (3, 'alter table %s add foreign key (session_id) references public.bot_sessions'
          ' on update cascade on delete cascade')
      ) as missing (step, statement)
      where found.good is null
    ) as statements (step, statement)
    where ours.rel is not null
    order by ours.n, statements.step);

  if tables_owner <> current_user::regrole and mends <> '{}' then
    problems := problems || format('run this as role %s, whose tables lack something: %s',
      tables_owner, array_to_string(mends, '; '));
  end if;

  if problems <> '{}' then
    raise object_not_in_prerequisite_state using
      message = 'botsession cannot be installed over what is there; nothing was changed',
      detail = array_to_string(problems, e'\n'),
      hint = 'Mend all that the detail lists, then run create_bot_sessions.sql again. '
        'docs/install.md shows how ("A table that is there already").';
  end if;

  objects_there := functions_there || types_there || array(
    select oid
    from pg_class
    where oid = any (relations_there) or oid = case when events is not null then
      pg_get_serial_sequence('public.bot_session_events', 'event_id')::regclass end);

  ---------------------------------------------------------------------------
  -- 3. The tables. They are yours: add columns, indexes, policies, triggers.
  ---------------------------------------------------------------------------

  if sessions is null then
    create table public.bot_sessions (
      session_id text primary key,
      created_at timestamptz not null default now(),
      last_message text,
      status text not null default 'active',
      qr_data text,
      updated_at timestamptz not null default now()
    ) with (fillfactor = 70); -- room for the next versions of a row on its own page, and for rows to grow
    -- A QR code is an image or random text: trying to compress it costs more than it saves.
    alter table public.bot_sessions alter qr_data set storage external;
    alter table public.bot_sessions enable row level security;
    comment on table public.bot_sessions is
      'Sessions of messaging bots. '
      'Call bot_session_start, bot_session_touch and bot_session_end, or write to it directly.';
    comment on column public.bot_sessions.session_id is 'name of the session, 1 to 255 characters';
    comment on column public.bot_sessions.created_at is 'when the session was first started';
    comment on column public.bot_sessions.last_message is 'last message received or sent';
    comment on column public.bot_sessions.status is 'active or inactive';
    comment on column public.bot_sessions.qr_data is
      'last QR code generated, a credential that gives access to the account; NULL if the session is inactive';
    comment on column public.bot_sessions.updated_at is
      'when the row was last written; set by the trigger, grows with every update';
  end if;

  -- The audit trail. No foreign key: history outlives a deleted session.
  if events is null then
    create table public.bot_session_events (
      event_id bigint generated always as identity primary key,
      session_id text,
      event text not null,
      reason text,
      actor_role text,
      actor_sub text,
      happened_at timestamptz not null default clock_timestamp()
    );
    create index bot_session_events_session_id_idx on public.bot_session_events (session_id, event_id);
    alter table public.bot_session_events enable row level security;
    comment on table public.bot_session_events is 'Audit trail of bot_sessions. Its triggers write it; append only.';
    comment on column public.bot_session_events.event_id is 'orders the events of a session';
    comment on column public.bot_session_events.session_id is 'name of the session, which may be gone';
    comment on column public.bot_session_events.event is
      'created, recovered, reopened, ended or deleted; for leases claimed, released or lease_lost; for data forgotten';
    comment on column public.bot_session_events.reason is
      'what the caller of bot_session_end, bot_session_expire or bot_session_forget gave; for leases, the worker';
    comment on column public.bot_session_events.actor_role is 'role that made the change';
    comment on column public.bot_session_events.actor_sub is 'sub of the JWT, if the change came through PostgREST';
    comment on column public.bot_session_events.happened_at is
      'time of the change by the clock, not of the transaction';
  end if;

  -- Who runs which session, where workers are named. A sequence of its own, so that fences
  -- do not begin anew with the table, nor with the sequence.
  if to_regclass('public.bot_session_fences') is null then
    create sequence public.bot_session_fences;
    comment on sequence public.bot_session_fences is 'Fences of bot_session_leases: never set it back.';
  end if;
  if leases is null then
    create table public.bot_session_leases (
      session_id text primary key references public.bot_sessions on update cascade on delete cascade,
      worker text not null,
      fence bigint not null default nextval('public.bot_session_fences'),
      expires_at timestamptz,
      released_at timestamptz
    );
    -- Since when a session is abandoned; sessions that have ended are not in it.
    create index bot_session_leases_abandoned_idx on public.bot_session_leases (coalesce(expires_at, released_at))
      where coalesce(expires_at, released_at) is not null;
    alter table public.bot_session_leases enable row level security;
    comment on table public.bot_session_leases is
      'Which worker runs which session, and until when. '
      'Written by bot_session_start, bot_session_claim, bot_session_renew and bot_session_release.';
    comment on column public.bot_session_leases.session_id is 'name of the session';
    comment on column public.bot_session_leases.worker is 'process that holds the lease, or held it last';
    comment on column public.bot_session_leases.fence is
      'grows with every new lease; a write with an older one is rejected';
    comment on column public.bot_session_leases.expires_at is
      'until when the lease is good without renewal; NULL once it was released or the session ended';
    comment on column public.bot_session_leases.released_at is
      'when the lease of a session that stays active was given back; NULL while it is held, and once the session ended';
  end if;


  -- What bots log in with. Values of up to 8 kB stay in the row, where most of them are updated in place; neither JSON
  -- nor sealed text gains by compression what that costs. kind and key are compared byte by byte.
  if data is null then
    create table public.bot_session_data (
      session_id text not null references public.bot_sessions on update cascade on delete cascade,
      kind text collate "C" not null,
      key text collate "C" not null,
      value text not null,
      updated_at timestamptz not null default now(),
      primary key (session_id, kind, key)
    ) with (fillfactor = 70, toast_tuple_target = 8160);
    alter table public.bot_session_data alter value set storage external;
    alter table public.bot_session_data enable row level security;
    comment on table public.bot_session_data is
      'What bots log in with: credentials. '
      'bot_session_save and bot_session_save_many write it, bot_session_load reads it, '
      'bot_session_forget deletes it. It goes with its session.';
    comment on column public.bot_session_data.session_id is 'name of the session';
    comment on column public.bot_session_data.kind is
      'kind of the key in the bot''s library, for example creds or session; 1 to 64 bytes';
    comment on column public.bot_session_data.key is 'name of the value within its kind, 1 to 512 bytes';
    comment on column public.bot_session_data.value is
      'text character for character as given, often JSON or sealed; a credential that gives access to the account';
    comment on column public.bot_session_data.updated_at is 'when the value was last written';
  end if;


  foreach statement in array mends loop
    execute statement;
  end loop;
  for statement in
    select format('alter %s %s owner to %s',
      case relkind when 'S' then 'sequence' else 'table' end, oid::regclass, tables_owner)
    from pg_class
    where relnamespace = 'public'::regnamespace and relname = any (our_tables[:][1:1]) and relowner <> tables_owner
    union all
    -- without which whoever may read one row of a table may read all
    select format('alter table %s enable row level security', oid::regclass)
    from pg_class
    where oid = any (relations_there) and relkind in ('r', 'p') and not relrowsecurity
    union all
    -- A sequence that is behind, as after a restore, would give out once more what was given out already.
    select format('select setval(%L, %s)', sequences.name, sequences.highest)
    from (values
      ('public.bot_session_fences', highest_fence),
      (pg_get_serial_sequence('public.bot_session_events', 'event_id'), highest_event)
    ) as sequences (name, highest)
    where sequences.highest > coalesce(pg_sequence_last_value(sequences.name::regclass), 0)
  loop
    execute statement;
  end loop;

  ---------------------------------------------------------------------------
  -- 4. Functions and types of the other edition go, and those that another version made otherwise. Their grants and the
  --    state of the triggers are kept. What else depends on them is yours to drop, never CASCADE.
  ---------------------------------------------------------------------------

  declare
    other_edition boolean := (edition = 'c') <> (extension_version is not null);
    types_going pg_catalog.oid[];
    going pg_catalog.oid[]; -- functions
    extension_goes boolean;
    dependents pg_catalog.text;
  begin
    if not other_edition and exists (select from pg_extension_update_paths('botsession')
        where source = extension_version and target = available_version and path is not null) then
      alter extension botsession update;
      extension_version := available_version;
    end if;

    types_going := array(
      select t.oid
      from unnest(our_types[:][1:1], our_types[:][2:2]) as ours (name, attributes)
      join pg_type t on t.typnamespace = 'public'::regnamespace and t.typname = ours.name
      where other_edition or ours.attributes <> (
        select string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
        from pg_attribute
        where attrelid = t.typrelid and attnum > 0 and not attisdropped));
    -- bot_session_overview is the same function in both editions.
    going := array(
      select p.oid
      from unnest(our_functions[:][1:1], our_functions[:][2:2], our_functions[:][3:3]) as ours (name, arguments, result)
      join pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = ours.name
      where other_edition and ours.name <> 'bot_session_overview' or p.prorettype = any (types_going)
        or pg_get_function_identity_arguments(p.oid) <> ours.arguments or pg_get_function_result(p.oid) <> ours.result
        -- replaced by its owner, and called below
        or edition = 'c' and ours.name <> 'bot_session_overview'
          and p.prolang <> (select oid from pg_language where lanname = 'c'));
    -- An extension goes as a whole, also where it lacks a function, or where no script leads to the server's version.
    extension_goes := extension_version is not null
      and (other_edition or extension_version <> available_version or types_going <> '{}'
        or exists (
          select from unnest(our_functions[:][1:1]) as ours (name)
          where ours.name <> 'bot_session_overview' and not exists (
            select from pg_proc
            where pronamespace = 'public'::regnamespace and proname = ours.name and oid <> all (going))));
    if extension_goes then
      going := array(
        select oid
        from pg_proc
        where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1])
          and (proname <> 'bot_session_overview' or oid = any (going)));
      types_going := array(
        select oid from pg_type where typnamespace = 'public'::regnamespace and typname = any (our_types[:][1:1]));
    end if;

    -- Grants by name alone: the arguments may be others in this version.
    old_grants := array(
      select format('grant execute on function public.%I to %s%s', p.proname, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_proc p
      cross join aclexplode(p.proacl) a
      where p.oid = any (going) and a.grantee not in (0, p.proowner) and a.grantee::regrole::text <> 'anon'
      union all
      select format('grant usage on type %s to %s%s', t.oid::regtype, a.grantee::regrole,
        case when a.is_grantable then ' with grant option' end)
      from pg_type t
      cross join aclexplode(t.typacl) a
      where t.oid = any (types_going) and a.grantee not in (0, t.typowner) and a.grantee::regrole::text <> 'anon');
    -- Triggers as they are: renamed, or with a condition; disabled, or ENABLE ALWAYS, also those of a partition alone.
    old_triggers := array(
      select pg_get_triggerdef(oid)
      from pg_trigger
      where tgfoid = any (going) and tgparentid = 0
    ) || array(
      select format('alter table %s %s trigger %I', tgrelid::regclass,
        case tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, tgname)
      from pg_trigger
      where tgfoid = any (going) and tgenabled <> 'O');

    for statement in
      select format('drop trigger %I on %s', tgname, tgrelid::regclass)
      from pg_trigger
      where tgfoid = any (going) and tgparentid = 0
      union all
      select format('drop function %s', string_agg(oid::regprocedure::text, ', '))
      from pg_proc
      where oid = any (going) and (not extension_goes or proname = 'bot_session_overview')
      having count(*) > 0
      union all
      select 'drop extension botsession' where extension_goes
      union all
      select format('drop type %s', string_agg(oid::regtype::text, ', '))
      from pg_type
      where oid = any (types_going) and not extension_goes
      having count(*) > 0
    loop
      execute statement;
    end loop;
  exception when dependent_objects_still_exist then
    get stacked diagnostics dependents = pg_exception_detail;
    raise dependent_objects_still_exist using
      message = 'functions and types of botsession cannot be replaced because other objects depend on them; '
        'nothing was changed',
      detail = dependents,
      hint = 'Drop what the detail lists, run create_bot_sessions.sql again, and create it anew.';
  end;

  ---------------------------------------------------------------------------
  -- 5. The functions: the C edition,
  ---------------------------------------------------------------------------

  if edition = 'c' then
    declare
      reason pg_catalog.text;
    begin
      if not exists (select from pg_extension where extname = 'botsession') then
        create extension botsession schema public;
      end if;
      extension_version := (select extversion from pg_extension where extname = 'botsession');
      if extension_version <> '1.0.0' then
        raise warning 'the extension botsession of this server is of version %, this file of version 1.0.0',
            extension_version using
          hint = 'The file that belongs to it is create_bot_sessions.sql '
            'in the directory extension of the server''s SHAREDIR.';
      end if;
      reason := (
        select 'It lacks ' || string_agg(format('%s(%s)', ours.name, ours.arguments), ', ')
        from unnest(our_functions[:][1:1], our_functions[:][2:2], our_functions[:][3:3]) as ours (name, arguments, result)
        where ours.name <> 'bot_session_overview' and not exists (
          select from pg_proc
          where pronamespace = 'public'::regnamespace and proname = ours.name and pg_get_function_result(oid) = ours.result
            and pg_get_function_identity_arguments(oid) = ours.arguments));
      if reason is not null then
        raise feature_not_supported using message = reason;
      end if;
      -- Is the library there, and the one that belongs to these definitions?
      begin
        perform public.bot_session_version();
      exception when object_not_in_prerequisite_state then
        raise warning '%', sqlerrm using
          hint = 'Open connections keep the library that they have loaded: run this again in a new one.';
      end;
      if available_version is null then
        raise warning 'extension botsession is installed in this database, but its files are gone from the server'
          using hint = 'Install them again, or a restored copy of this database has no functions.';
      end if;
    exception when feature_not_supported or undefined_file or undefined_function or internal_error then
      raise feature_not_supported using
        message = 'the extension botsession of this server cannot be used; nothing was changed',
        detail = sqlerrm,
        hint = 'Install version 1.0.0 of its files on the server, '
          'or run this after: set botsession.edition = ''plpgsql''.';
    end;
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
create or replace function public.bot_session_start(
  session_id text,
  worker text default null,
  ttl interval default '60 seconds')
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_start.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  may_update boolean;
  decided boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless a worker takes its lease: the second round is for one that
  -- was found under a lock. An upsert would fire the insert triggers, and use up sequence values, for a row that is
  -- there already.
  if int4range(1, 256) @> char_length(session_id) and worker is null and ttl = interval '60 seconds' then
    -- Who may not update the table may insert a row, and find one that has ended: an update would be refused before it looks.
    may_update := has_table_privilege('public.bot_sessions'::regclass, 'update')
      and pg_get_replica_identity_index('public.bot_sessions') is not null;
  end if;
  loop
    if (case when may_update or decided then -- a condition, since PERFORM would run a query
        set_config('botsession.operation', 'bot_session_start ' || id, true) <> '' end) then
      update public.bot_sessions s
      set status = 'active'
      where s.session_id = local.id
        and (local.decided or s.status = 'active' and s.session_id collate "C" = local.id)
      returning
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        case when local.decided then before.status else 'active' end, null::bigint
      into result;
      -- The change that was audited first has taken the operation. What was announced before holds again. (Assigned, since
      -- PERFORM would run a query. The variable keeps its value.)
      if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
        outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
      end if;
      if found and worker is null then
        return result;
      end if;
      exit when found;
      if decided then
        result := before; -- a trigger cancelled the update
        exit;
      end if;
    end if;

    if session_id is null then
      raise null_value_not_allowed using
        message = 'session_id must not be null',
        hint = 'Pass the name of the session, for example session_id => ''bot1''.';
    elsif char_length(session_id) not between 1 and 255 then
      raise invalid_parameter_value using
        message = 'session_id must have between 1 and 255 characters';
    end if;
    if worker = '' then
      raise invalid_parameter_value using
        message = 'worker must not be empty',
        hint = 'Pass a name that no other process has, for example its host with something random.';
    elsif timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' or ttl is null and worker is not null then
      raise invalid_parameter_value using
        message = 'ttl must be a positive interval',
        hint = 'For example interval ''5 minutes''.';
    end if;
    for round in 1 .. 3 loop
      select
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        s.status, null::bigint
      into before
      from public.bot_sessions s
      where s.session_id = local.id
      for no key update;
      decided := found;
      if decided then
        id := before.session_id; -- as it is stored: the collation may take another spelling for equal
        exit;
      end if;

      insert into public.bot_sessions as s (session_id, status)
      values (bot_session_start.session_id, 'active')
      on conflict (session_id) do nothing
      returning
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        null, null::bigint
      into result;
      exit when found;
    end loop;
    if result.session_id is not null then
      exit;
    elsif not decided then
      raise insufficient_privilege using
        message = 'session can be neither found nor created',
        detail = format('Session "%s" exists but row level security hides it, or a trigger cancels its insertion.', session_id),
        hint = 'Look at the policies and triggers of table bot_sessions.';
    end if;
  end loop;

  if worker is not null then
    -- After a crash that lost this transaction the sequence would give the same fence once more.
    -- Nothing lowers remote_apply.
    if current_setting('synchronous_commit') in ('off', 'local') then
      perform set_config('synchronous_commit', 'on', true);
    end if;
    <<lease>>
    declare
      taker text collate "default" := bot_session_start.worker;
    begin
      insert into public.bot_session_leases as l (session_id, worker, expires_at)
      values (bot_session_start.session_id, bot_session_start.worker, clock_timestamp() + bot_session_start.ttl)
      on conflict (session_id) do update
      set worker = excluded.worker, fence = greatest(excluded.fence, l.fence + 1),
        expires_at = clock_timestamp() + bot_session_start.ttl, released_at = null
      where not (before.status = 'active' and l.worker <> lease.taker and l.expires_at > clock_timestamp()) is true
      returning l.fence into result.fence;
    end;
    if not found then
      raise exception using
        errcode = 'PT409',
        message = 'another worker holds the lease of the session',
        detail = format('Session "%s" runs elsewhere; nothing was changed.', session_id),
        hint = 'bot_session_overview shows which worker, and until when; bot_session_claim takes over what was abandoned.';
    end if;
  end if;
  return result;
end
$function$;

comment on function public.bot_session_start(text, text, interval) is
'Starts a session: creates it if needed, marks it active, and returns it. If it was already active, its QR code is kept.

session_id: name of the session, 1 to 255 characters.
worker: name of the process that runs the bot. If given, it takes the lease of the session, with a new fence.
ttl: how long the lease is good without renewal, 60 seconds by default.
Returns the session as stored. previous_status is NULL for a new session, active for one that the last run never ended, inactive for one that had ended. The last message and the creation time are kept. fence is that of the lease, NULL without a worker.
Reads all columns of bot_sessions; sets session_id and status of a new row, status of an existing one. With a worker, reads and sets all columns of bot_session_leases.
Errors: PT409 another worker holds the lease; 22004 session_id is null; 22023 it is empty or too long, worker is empty, or ttl not positive; 42501 no privilege, or a row that the role may not see is in the way; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT, INSERT and UPDATE of the table; with a worker those of bot_session_leases too, and USAGE of the sequence bot_session_fences.';

create or replace function public.bot_session_touch(
  session_id text,
  last_message text default null,
  qr_data text default null,
  fence bigint default null,
  heartbeat_interval interval default null)
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_touch.session_id;
  decided boolean;
  within_interval boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless there is something to decide first: the second round is
  -- for what was decided under a lock.
  loop
    if int4range(1, 256) @> char_length(session_id) and fence is null and heartbeat_interval is null or decided then
      -- Only what is given is set, so that triggers and privileges on columns do their work.
      if last_message is not null and qr_data is null then
        update public.bot_sessions s
        set last_message = bot_session_touch.last_message
        where s.session_id = local.id and (s.status = 'active' or local.decided)
        returning
          s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
          case when local.decided then before.status else 'active' end, bot_session_touch.fence
        into result;
      elsif last_message is not null then
        update public.bot_sessions s
        set last_message = bot_session_touch.last_message, qr_data = nullif(bot_session_touch.qr_data, '')
        where s.session_id = local.id and (s.status = 'active' or local.decided)
        returning
          s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
          case when local.decided then before.status else 'active' end, bot_session_touch.fence
        into result;
      elsif qr_data is not null then
        update public.bot_sessions s
        set qr_data = nullif(bot_session_touch.qr_data, '')
        where s.session_id = local.id and (s.status = 'active' or local.decided)
        returning
          s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
          case when local.decided then before.status else 'active' end, bot_session_touch.fence
        into result;
      else
        update public.bot_sessions s
        set updated_at = clock_timestamp()
        where s.session_id = local.id and (s.status = 'active' or local.decided)
        returning
          s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
          case when local.decided then before.status else 'active' end, bot_session_touch.fence
        into result;
      end if;
      exit when found;
      if decided then
        return before; -- a BEFORE trigger cancelled the update
      end if;
    end if;

    if session_id is null then
      raise null_value_not_allowed using
        message = 'session_id must not be null',
        hint = 'Pass the name of the session, for example session_id => ''bot1''.';
    elsif char_length(session_id) not between 1 and 255 then
      raise invalid_parameter_value using
        message = 'session_id must have between 1 and 255 characters';
    end if;
    if timestamp '2001-02-01' + heartbeat_interval <= timestamp '2001-02-01' then
      raise invalid_parameter_value using
        message = 'heartbeat_interval must be a positive interval',
        hint = 'For example interval ''5 minutes''.';
    end if;
    -- A heartbeat that is not due neither writes nor waits for who does.
    if heartbeat_interval is not null and coalesce(last_message, qr_data) is null then
      if current_setting('transaction_read_only')::boolean then
        raise read_only_sql_transaction using
          message = 'cannot execute bot_session_touch() in a read-only transaction';
      end if;
      select
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        s.status, bot_session_touch.fence
      into before
      from public.bot_sessions s
      where s.session_id = local.id;
      within_interval := before.updated_at + heartbeat_interval > clock_timestamp();
    end if;
    if within_interval is not true then
      select
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        s.status, bot_session_touch.fence
      into before
      from public.bot_sessions s
      where s.session_id = local.id
      for no key update;
      if not found then
        raise exception using
          errcode = 'PT404',
          message = 'session not found',
          detail = format('There is no session "%s", or row level security hides it.', session_id),
          hint = 'Start it with bot_session_start.';
      end if;
    end if;
    if fence is not null then
      if current_setting('transaction_isolation') not like 'read%' then
        -- The snapshot is older than the lock: a lease that changed since is an error here.
        perform from public.bot_session_leases l
        where l.session_id = local.id
        for share;
      end if;
      if not exists (
          select from public.bot_session_leases l
          where l.session_id = local.id and l.fence = bot_session_touch.fence
            and before.status = 'active' and l.expires_at > clock_timestamp()) then
        raise exception using
          errcode = 'PT409',
          message = 'fence is stale',
          detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
          hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
      end if;
    end if;
    if within_interval then
      return before;
    elsif qr_data <> '' and before.status is distinct from 'active' then
      raise exception using
        errcode = 'PT409',
        message = 'session is inactive',
        detail = format('Session "%s" has ended and takes no QR code.', session_id),
        hint = 'Start it again with bot_session_start.';
    end if;
    decided := true;
  end loop;
  return result;
end
$function$;

comment on function public.bot_session_touch(text, text, text, bigint, interval) is
'Records a message or a QR code of a session. With neither it is a heartbeat.

session_id: name of the session.
last_message: the last message received or sent. NULL keeps what is stored.
qr_data: the QR code generated. NULL keeps what is stored; an empty string removes it, after the scan.
fence: the fence of the caller''s lease. If given, nothing is written unless that lease is live.
heartbeat_interval: a heartbeat within this time of the last update writes nothing.
Returns the session as stored. An inactive session stays inactive: a message is recorded, a QR code refused.
Reads all columns of bot_sessions; sets those given, or updated_at for a heartbeat. With a fence, reads bot_session_leases.
Errors: PT404 no such session; PT409 a QR code for an inactive session, or a stale fence; 22004 session_id is null; 22023 it is empty or too long, or heartbeat_interval not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';

create or replace function public.bot_session_end(
  session_id text,
  reason text default null,
  fence bigint default null,
  forget boolean default false)
returns public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_end.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  may_update boolean;
  decided boolean;
  before public.bot_session;
  result public.bot_session;
begin
  -- An active session is found by the update itself, unless a fence is given: the second round is for what was decided
  -- under a lock.
  if int4range(1, 256) @> char_length(session_id) and fence is null then
    may_update := has_table_privilege('public.bot_sessions'::regclass, 'update')
      and pg_get_replica_identity_index('public.bot_sessions') is not null;
  end if;
  loop
    if (case when may_update or decided then -- conditions, since PERFORM would run a query
        set_config('botsession.operation', 'bot_session_end ' || id, true) <> ''
        and set_config('botsession.reason', coalesce(reason, ''), true) is not null end) then
      -- The audit trigger releases the lease, whoever ends the session.
      update public.bot_sessions s
      set status = 'inactive', qr_data = null
      where s.session_id = local.id
        and (local.decided or s.status = 'active' and s.session_id collate "C" = local.id)
      returning
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        case when local.decided then before.status else 'active' end, bot_session_end.fence
      into result;
      if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
        outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
      end if;
      if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
        outer_reason := set_config('botsession.reason', coalesce(outer_reason, ''), true);
      end if;
      exit when found;
      if decided then
        result := before; -- a trigger cancelled the update
        exit;
      end if;
    end if;

    if session_id is null then
      raise null_value_not_allowed using
        message = 'session_id must not be null',
        hint = 'Pass the name of the session, for example session_id => ''bot1''.';
    elsif char_length(session_id) not between 1 and 255 then
      raise invalid_parameter_value using
        message = 'session_id must have between 1 and 255 characters';
    end if;
    select
      s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
      s.status, bot_session_end.fence
    into before
    from public.bot_sessions s
    where s.session_id = local.id
    for no key update;
    if not found then
      raise exception using
        errcode = 'PT404',
        message = 'session not found',
        detail = format('There is no session "%s", or row level security hides it.', session_id),
        hint = 'Start it with bot_session_start.';
    end if;
    -- To end it again with the fence that ended it is no conflict: the first answer may have got lost.
    if fence is not null then
      if current_setting('transaction_isolation') not like 'read%' then
        -- The snapshot is older than the lock: a lease that changed since is an error here.
        perform from public.bot_session_leases l where l.session_id = local.id for share;
      end if;
      if not exists (
          select from public.bot_session_leases l
          where l.session_id = local.id and l.fence = bot_session_end.fence
            and (before.status is distinct from 'active' or l.expires_at > clock_timestamp())) then
        raise exception using
          errcode = 'PT409',
          message = 'fence is stale',
          detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
          hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
      end if;
    end if;
    -- Ended already; a QR code can only be there if the trigger was disabled.
    if before.status is distinct from 'active' and before.qr_data is null then
      result := before;
      exit;
    end if;
    id := before.session_id; -- as it is stored: the collation may take another spelling for equal
    decided := true;
  end loop;

  if forget and result.status is distinct from 'active' then
    perform set_config('botsession.operation', 'bot_session_forget ' || id, true);
    perform set_config('botsession.reason', coalesce(reason, ''), true);
    begin -- or the SQL editor, which sees a statement that deletes, asks back before it runs the migration
      delete from public.bot_session_data d where d.session_id = local.id;
    end;
    if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
      outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
    end if;
    if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
      outer_reason := set_config('botsession.reason', coalesce(outer_reason, ''), true);
    end if;
  end if;
  return result;
end
$function$;

comment on function public.bot_session_end(text, text, bigint, boolean) is
'Ends a session: marks it inactive, removes its QR code and releases its lease.

session_id: name of the session.
reason: why, for the audit trail; no secrets.
fence: the fence of the caller''s lease. If given, nothing is written unless that lease is live.
forget: true after a logout for good. Deletes the data of the session too, also of a session that has ended before.
Returns the session as stored. Ending a session that has ended changes nothing, also with the fence that ended it.
Reads all columns of bot_sessions; sets status and qr_data. With a fence, reads bot_session_leases. With forget, deletes from bot_session_data.
Errors: PT404 no such session; PT409 a stale fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE); with forget SELECT of session_id and DELETE of bot_session_data.';

create or replace function public.bot_session_touch_many(sessions jsonb)
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  malformed boolean;
  ids text[] collate "default"; -- what the elements give
  messages text[];
  qrs text[];
  fences text[]; -- the whole numbers that they are, once checked
  fenced boolean;
  live boolean[]; -- whether that is the fence of a live lease
  ordinary boolean;
  together boolean; -- all elements are updated by one statement
  places tid[]; -- of the rows of those that are
  locked text[] collate "default";
  others integer[] := '{}'::integer[]; -- the other elements, and their results
  results public.bot_session[] := '{}'::public.bot_session[];
  number integer;
  before public.bot_session;
  result public.bot_session;
begin
  if sessions is null or jsonb_typeof(sessions) <> 'array' then
    raise invalid_parameter_value using
      message = 'sessions must be a JSON array',
      hint = 'For example [{"session_id": "bot1", "last_message": "hello"}].';
  end if;
  select bool_or(case
      when jsonb_typeof(e.element) <> 'object' then true
      else jsonb_typeof(e.element -> 'session_id') is distinct from 'string'
        or not int4range(1, 256) @> char_length(e.element ->> 'session_id')
        or jsonb_typeof(e.element -> 'last_message') not in ('string', 'null')
        or jsonb_typeof(e.element -> 'qr_data') not in ('string', 'null')
        or e.element ->> 'fence' is not null
          and case when jsonb_typeof(e.element -> 'fence') = 'number' and e.element ->> 'fence' ~ '^-?[0-9]+$'
            then (e.element ->> 'fence')::numeric not between -9223372036854775808 and 9223372036854775807
            else true end
        or e.element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}'
    end),
    array_agg(e.element ->> 'session_id'), array_agg(e.element ->> 'last_message'), array_agg(e.element ->> 'qr_data'),
    array_agg(e.element ->> 'fence')
  into malformed, ids, messages, qrs, fences
  from jsonb_array_elements(sessions) as e (element);
  if malformed then
    declare
      element jsonb;
      key text;
    begin
      for number, element in select e.number, e.element from jsonb_array_elements(sessions) with ordinality as e (element, number) loop
        if jsonb_typeof(element) <> 'object' then
          raise invalid_parameter_value using
            message = format('element %s of sessions must be an object', number);
        end if;
        foreach key in array '{session_id, last_message, qr_data}'::text[] loop
          if jsonb_typeof(element -> key) not in ('string', 'null') then
            raise invalid_parameter_value using
              message = format('%s of element %s of sessions must be a string', key, number);
          end if;
        end loop;
        if element ->> 'fence' is not null
            and not (case when jsonb_typeof(element -> 'fence') = 'number' then element ->> 'fence' ~ '^-?[0-9]+$'
              and (element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
          raise invalid_parameter_value using
            message = format('fence of element %s of sessions must be a whole number', number),
            hint = 'A fence is a JSON number: 42 and not "42".';
        elsif element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}' then
          raise invalid_parameter_value using
            message = format('element %s of sessions has an unknown key', number),
            hint = 'The keys are session_id, last_message, qr_data and fence.';
        elsif element ->> 'session_id' is null then
          raise invalid_parameter_value using
            message = format('element %s of sessions has no session_id', number);
        elsif char_length(element ->> 'session_id') not between 1 and 255 then
          raise invalid_parameter_value using
            message = format('session_id of element %s of sessions must have between 1 and 255 characters', number);
        end if;
      end loop;
    end;
  end if;
  fenced := array_remove(fences, null) <> '{}';
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

  -- Everything is locked first, in one order for all batches. A session created
  -- after that stays unknown: to lock it now would be out of order.
  if ordinary then
    -- A full join is never a nested loop.
    select array_agg(l.place order by g.number) filter (where g.number is not null),
      count(distinct l.place) = count(*) and bool_and(l.status = 'active') and not fenced
    into places, together
    from (
      select s.session_id, s.status, s.ctid as place
      from public.bot_sessions s
      where s.session_id = any (local.ids)
      order by s.session_id collate "C"
      for no key update) as l
    full join unnest(local.ids) with ordinality as g (id, number) on g.id collate "C" = l.session_id collate "C";
  else
    together := false;
    locked := array(
      select s.session_id
      from public.bot_sessions s
      where s.session_id = any (local.ids)
      order by s.session_id collate "C"
      for no key update);
  end if;

  if fenced then
    if current_setting('transaction_isolation') not like 'read%' then
      -- The snapshot is older than the locks: a lease that changed since is an error here.
      perform
      from public.bot_session_leases l
      where l.session_id = any (array(select g.id from unnest(local.ids, local.fences) as g (id, fence) where g.fence is not null))
      order by l.session_id collate "C"
      for share;
    end if;
    live := array(
      select l.expires_at > clock_timestamp()
      from (
        -- The limit makes the planner expect one row, and look up each lease by the key's index.
        select g.id, g.fence::bigint, g.number
        from unnest(local.ids, local.fences) with ordinality as g (id, fence, number)
        limit (select cardinality(local.ids))
      ) as g
      left join public.bot_session_leases l on l.session_id = g.id and l.fence = g.fence
      order by g.number);
  end if;
  if not together then
    if ordinary then
      -- Of a session that is named twice the last element is updated with the others.
      select array_agg(e.session_id),
        array_agg(case
          when e.number < e.last then null
          when local.fences[e.number] is null and (e.status = 'active' or (local.qrs[e.number] <> '') is not true) then e.place
          when e.status = 'active' and local.live[e.number] then e.place
        end order by e.number)
      into locked, places
      from (
        select g.number, g.place, s.session_id, s.status, max(g.number) over (partition by g.place) as last
        from (
          -- The limit makes the planner expect one row, so that one plan does for all calls, and goes to each place.
          select g.number, g.place
          from unnest(local.places) with ordinality as g (place, number)
          limit (select cardinality(local.places))
        ) as g
        left join public.bot_sessions s on s.ctid = g.place
      ) as e;
    end if;
    for number in
      select n from generate_subscripts(local.ids, 1) as n where local.places[n] is null order by n
    loop
      result := null;
      result.session_id := ids[number];
      if result.session_id = any (locked) then
        select
          s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
          s.status, null::bigint
        into before
        from public.bot_sessions s
        where s.session_id = result.session_id;
        if found and fences[number] is not null and (before.status = 'active' and live[number]) is not true then
          result := before; -- the row says so, by having no fence
        elsif found and qrs[number] <> '' and before.status is distinct from 'active' then
          -- The row says so; what else is given is recorded.
          result := case when messages[number] is null then before
            else public.bot_session_touch(result.session_id, messages[number], null::text, null::bigint, null::interval) end;
        elsif found then
          result := public.bot_session_touch(result.session_id, messages[number], qrs[number], null::bigint, null::interval);
          result.fence := fences[number]::bigint;
        end if;
      end if;
      others := others || number;
      results := results || result;
    end loop;
    if ordinary and others <> '{}' then
      -- Where the rows are now
      places := array(
        select case when g.place is not null then s.ctid end
        from (
          select g.number, g.place
          from unnest(local.places) with ordinality as g (place, number)
          limit (select cardinality(local.places))
        ) as g
        left join public.bot_sessions s on s.session_id = local.ids[g.number]
        order by g.number);
    end if;
  end if;
  if array_remove(places, null) <> '{}' then
    return query
    with updated as (
      update public.bot_sessions s
      set last_message = coalesce(local.messages[g.number], s.last_message),
        qr_data = case when local.qrs[g.number] is null then s.qr_data else nullif(local.qrs[g.number], '') end,
        updated_at = case when coalesce(local.messages[g.number], local.qrs[g.number]) is null
          then clock_timestamp() else s.updated_at end
      from (
        select g.number, g.place
        from unnest(local.places) with ordinality as g (place, number)
        limit (select cardinality(local.places))
      ) as g
      where s.ctid = g.place
      returning g.number,
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        s.status as previous_status, local.fences[g.number]::bigint as fence)
    select r.session_id, r.created_at, r.last_message, r.status, r.qr_data, r.updated_at, r.previous_status, r.fence
    from (
      select u.* from updated u
      union all
      select o.*
      from rows from (unnest(local.others), unnest(local.results))
        as o (number, session_id, created_at, last_message, status, qr_data, updated_at, previous_status, fence)
    ) as r
    order by r.number;
  else
    return query select r.* from unnest(local.results) as r;
  end if;
end
$function$;

comment on function public.bot_session_touch_many(jsonb) is
'Touches many sessions in one transaction, as bot_session_touch does one.

sessions: an array of {"session_id": ..., "last_message": ..., "qr_data": ..., "fence": ...}; all but session_id are optional.
Returns one row per element, in input order. An unknown session has its session_id and all else NULL. A QR code for an inactive session is not stored, and its row says inactive. With a stale fence nothing is written, and the fence of its row is NULL. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Reads and sets the columns that bot_session_touch does.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_touch.';

create or replace function public.bot_session_expire(
  idle interval,
  max_sessions integer default 1000,
  reason text default 'expired')
returns setof public.bot_session
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  idle_since timestamptz;
  asked_at timestamptz;
  sees_leases boolean;
  ids text[] collate "default" := '{}'::text[];
  id text collate "default";
  result public.bot_session;
begin
  if idle is null or timestamp '2001-02-01' + idle <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'idle must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  elsif max_sessions is null or max_sessions <= 0 then
    raise invalid_parameter_value using
      message = 'max_sessions must be a positive number';
  end if;

  -- Who sees all leases needs nobody to ask for each.
  idle_since := clock_timestamp() - idle;
  sees_leases := has_table_privilege('public.bot_session_leases'::regclass, 'select')
    and not row_security_active('public.bot_session_leases'::regclass);
  if sees_leases then
    asked_at := clock_timestamp();
    ids := array(
      select s.session_id
      from public.bot_sessions s
      where s.status = 'active' and s.updated_at < local.idle_since
        and not exists (select from public.bot_session_leases l where l.session_id = s.session_id and l.expires_at > local.asked_at)
      order by s.updated_at, s.session_id collate "C"
      limit bot_session_expire.max_sessions
      for no key update of s skip locked);
  else
    ids := array(
      select s.session_id
      from public.bot_sessions s
      where s.status = 'active' and s.updated_at < local.idle_since
        and public.bot_session_lease_allows(s.session_id, null::bigint)
      order by s.updated_at, s.session_id collate "C"
      limit bot_session_expire.max_sessions
      for no key update of s skip locked);
  end if;

  -- A worker renews without the lock on its session: what it has not committed yet is waited for. A lease may have been
  -- renewed meanwhile, or its session claimed before that was locked.
  if public.bot_session_lock_leases(ids) > 0 and sees_leases then
    asked_at := clock_timestamp();
    ids := array(
      select i.id
      from unnest(local.ids) with ordinality as i (id, place)
      where not exists (select from public.bot_session_leases l where l.session_id = i.id and l.expires_at > local.asked_at)
      order by i.place);
  end if;

  foreach id in array ids loop
    continue when not sees_leases and not public.bot_session_lease_allows(id, null::bigint);
    -- Not by bot_session_end, which the caller may have no right to execute.
    if set_config('botsession.operation', 'bot_session_expire ' || id, true) <> ''
        and set_config('botsession.reason', coalesce(reason, ''), true) is not null then
      update public.bot_sessions s
      set status = 'inactive', qr_data = null
      where s.session_id = local.id and s.status = 'active'
      returning
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        'active', null::bigint
      into result;
    end if;
    if not found then
      -- A trigger cancelled the update, or that of another session ended this one, or deleted it.
      select
        s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
        s.status, null::bigint
      into result
      from public.bot_sessions s
      where s.session_id = local.id;
    end if;
    if found then
      return next result;
    end if;
  end loop;
  if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
    outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
  end if;
  if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
    outer_reason := set_config('botsession.reason', coalesce(outer_reason, ''), true);
  end if;
end
$function$;

comment on function public.bot_session_expire(interval, integer, text) is
'Ends active sessions that were not updated for a time and have no live lease, the oldest first.

idle: how long, for example interval ''1 hour''.
max_sessions: how many at most, 1000 by default. Call it again while it returns as many.
reason: why, for the audit trail; expired by default.
Returns the sessions that it ended, as stored. Rows that somebody else has locked are skipped.
Reads all columns of bot_sessions; sets status and qr_data.
Errors: 22023 idle or max_sessions is null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of the table. Whether there is a lease is asked as the owner of the tables.';

create or replace function public.bot_session_claim(
  worker text,
  max_sessions integer default 10,
  ttl interval default '60 seconds')
returns setof public.bot_session_lease
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  now_at timestamptz := clock_timestamp(); -- no index is searched for clock_timestamp()
  ids text[] collate "default";
begin
  if coalesce(bot_session_claim.worker, '') = '' then
    raise invalid_parameter_value using
      message = 'worker must not be empty',
      hint = 'Pass a name that no other process has, for example its host with something random.';
  elsif max_sessions is null or max_sessions <= 0 then
    raise invalid_parameter_value using
      message = 'max_sessions must be a positive number';
  elsif ttl is null or timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'ttl must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  end if;

  ids := array(
    select s.session_id
    from public.bot_session_leases l
    join public.bot_sessions s on s.session_id = l.session_id
    where coalesce(l.expires_at, l.released_at) <= local.now_at and s.status = 'active'
    order by coalesce(l.expires_at, l.released_at), s.session_id collate "C"
    limit bot_session_claim.max_sessions
    for no key update of s skip locked);
  if ids = '{}' then
    return;
  end if;
  -- In one order, or two statements that change several leases could wait for each other.
  perform
  from public.bot_session_leases
  where session_id = any (local.ids)
  order by session_id collate "C"
  for no key update;
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  -- Asked again under the locks: whoever was faster has it.
  return query
    with claimed as (
      update public.bot_session_leases l
      set worker = bot_session_claim.worker, fence = greatest(nextval('public.bot_session_fences'), l.fence + 1),
        expires_at = clock_timestamp() + bot_session_claim.ttl, released_at = null
      where l.session_id = any (local.ids) and coalesce(l.expires_at, l.released_at) <= clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from claimed order by session_id collate "C";
end
$function$;

comment on function public.bot_session_claim(text, integer, interval) is
'Claims active sessions that no worker runs any more: their lease ran out or was released.

worker: name of the process that will run them.
max_sessions: how many at most, 10 by default.
ttl: how long the leases are good without renewal, 60 seconds by default.
Returns the leases, each with a new fence, in the order of session_id COLLATE "C". The longest abandoned sessions come first. Rows that somebody else has locked are skipped. Two workers never get the same session.
Reads bot_sessions and locks the rows. Sets all columns of bot_session_leases but session_id.
Errors: 22023 worker is empty, or max_sessions or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases; USAGE of the sequence bot_session_fences.';

create or replace function public.bot_session_renew(fences jsonb, ttl interval default '60 seconds')
returns setof public.bot_session_lease
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  held text[];
begin
  if fences is null or jsonb_typeof(fences) <> 'object' then
    raise invalid_parameter_value using
      message = 'fences must be a JSON object',
      hint = 'For example {"bot1": 42}, with the fences that bot_session_start and bot_session_claim returned.';
  elsif exists (
      select from jsonb_each(fences)
      where not case when jsonb_typeof(value) = 'number' then value::text ~ '^-?[0-9]+$'
        and value::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
    raise invalid_parameter_value using
      message = 'every fence of fences must be a whole number',
      hint = 'A fence is a JSON number: 42 and not "42".';
  end if;
  if ttl is null or timestamp '2001-02-01' + ttl <= timestamp '2001-02-01' then
    raise invalid_parameter_value using
      message = 'ttl must be a positive interval',
      hint = 'For example interval ''5 minutes''.';
  end if;

  -- The one change of a lease without the lock on its session: it takes from nobody, and
  -- a worker renews while its sessions are busy.
  -- In one order, or two statements that change several leases could wait for each other. Not what has run
  -- out: it would wait for the worker that takes it over, and the other leases run out meanwhile.
  held := array(
    select l.session_id
    from public.bot_session_leases l, public.bot_sessions s,
      jsonb_each_text(bot_session_renew.fences) as given (session_id, fence)
    where l.session_id = given.session_id and l.fence = given.fence::bigint and l.expires_at > clock_timestamp()
      and s.session_id = l.session_id and s.status = 'active'
    order by l.session_id collate "C"
    for no key update of l);
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  return query
    with renewed as (
      update public.bot_session_leases l
      set expires_at = clock_timestamp() + bot_session_renew.ttl
      where l.session_id = any (local.held) and l.expires_at > clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from renewed order by session_id collate "C";
end
$function$;

comment on function public.bot_session_renew(jsonb, interval) is
'Renews leases that are still held, many in one call.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
ttl: how long from now, 60 seconds by default.
Returns the renewed leases, in the order of session_id COLLATE "C". A lease that is missing was lost: stop that bot.
Reads bot_sessions; sets expires_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers, or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT of bot_sessions; SELECT and UPDATE of bot_session_leases.';

create or replace function public.bot_session_release(fences jsonb)
returns setof public.bot_session_lease
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  held text[];
begin
  if fences is null or jsonb_typeof(fences) <> 'object' then
    raise invalid_parameter_value using
      message = 'fences must be a JSON object',
      hint = 'For example {"bot1": 42}, with the fences that bot_session_start and bot_session_claim returned.';
  elsif exists (
      select from jsonb_each(fences)
      where not case when jsonb_typeof(value) = 'number' then value::text ~ '^-?[0-9]+$'
        and value::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
    raise invalid_parameter_value using
      message = 'every fence of fences must be a whole number',
      hint = 'A fence is a JSON number: 42 and not "42".';
  end if;

  perform
  from public.bot_sessions
  where session_id = any (array(select jsonb_object_keys(bot_session_release.fences)))
  order by session_id collate "C"
  for no key update;
  -- In one order, or two statements that change several leases could wait for each other. What has run
  -- out too: a renewal of it may be about to commit.
  held := array(
    select l.session_id
    from public.bot_session_leases l, public.bot_sessions s,
      jsonb_each_text(bot_session_release.fences) as given (session_id, fence)
    where l.session_id = given.session_id and l.fence = given.fence::bigint and l.expires_at is not null
      and s.session_id = l.session_id and s.status = 'active'
    order by l.session_id collate "C"
    for no key update of l);
  return query
    with released as (
      update public.bot_session_leases l
      set expires_at = null, released_at = clock_timestamp()
      where l.session_id = any (local.held) and l.expires_at > clock_timestamp()
      returning l.session_id, l.worker, l.fence, l.expires_at)
    select * from released order by session_id collate "C";
end
$function$;

comment on function public.bot_session_release(jsonb) is
'Gives leases back, for a worker that shuts down. The sessions stay active, and others may claim them at once.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
Returns the leases given back, in the order of session_id COLLATE "C". A lease that is missing was no longer held.
Locks the rows of bot_sessions; sets expires_at and released_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases.';

-- Runs as the owner of the tables: a policy that hides leases from the caller must not let in who has none.
create or replace function public.bot_session_lease_allows(session_id text, fence bigint)
returns boolean
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_lease_allows.session_id;
  held bigint;
  live boolean;
begin
  if to_regclass('public.bot_session_leases') is null then
    raise undefined_table using
      message = 'relation "public.bot_session_leases" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  elsif exists (
      select from pg_class
      where oid in ('public.bot_sessions'::regclass, 'public.bot_session_leases'::regclass) and pg_get_userbyid(relowner) <> current_user) then
    -- Triggers and indexes of the new owner would run with the rights of the old one.
    raise insufficient_privilege using
      message = 'the owner of the tables has changed',
      detail = 'The tables, and the functions that act as their owner, must belong to one role.',
      hint = 'Run the migration create_bot_sessions.sql again.';
  end if;
  select l.fence, l.expires_at > clock_timestamp()
  into held, live
  from public.bot_session_leases l
  where l.session_id = local.id;
  if bot_session_lease_allows.fence is null then
    if live is not true then
      return true;
    end if;
  elsif held is distinct from bot_session_lease_allows.fence then
    return false;
  elsif live then
    return true;
  end if;
  -- No lease counts for a session that is not active, and the fence that ended it is good.
  return exists (select from public.bot_sessions s where s.session_id = local.id and s.status is distinct from 'active');
end
$function$;

comment on function public.bot_session_lease_allows(text, bigint) is
'Says whether the lease of a session lets a caller with that fence go on. Save, load, forget and expire ask it. It reads the leases as the owner of the tables.

session_id: the session, whose row of bot_sessions the caller has locked.
fence: NULL for a caller without one.
Returns, for an active session, whether the fence is that of the live lease, or without a fence, whether no lease is live. For a session that has ended, returns true without a fence and with the fence that ended it.
Locks nothing. It does not see a renewal that is not committed yet: bot_session_lock_leases waits for that.
Errors: 42501 no privilege, or the tables'' owner has changed; 42P01 no table.
Privileges: EXECUTE.';

-- Runs as the owner of the tables, as bot_session_lease_allows does, which is asked after this.
create or replace function public.bot_session_lock_leases(session_ids text[])
returns integer
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  ids text[] collate "default" := bot_session_lock_leases.session_ids;
  locked integer;
begin
  if to_regclass('public.bot_session_leases') is null then
    raise undefined_table using
      message = 'relation "public.bot_session_leases" does not exist',
      hint = 'Run the migration create_bot_sessions.sql.';
  elsif exists (
      select from pg_class
      where oid in ('public.bot_sessions'::regclass, 'public.bot_session_leases'::regclass) and pg_get_userbyid(relowner) <> current_user) then
    raise insufficient_privilege using
      message = 'the owner of the tables has changed',
      detail = 'The tables, and the functions that act as their owner, must belong to one role.',
      hint = 'Run the migration create_bot_sessions.sql again.';
  end if;
  -- In one order, or two statements that change several leases could wait for each other. A subquery hides the array
  -- from the planner, so that one plan does for all calls.
  perform
  from public.bot_session_leases l
  where l.session_id = any ((select local.ids)::text[])
  order by l.session_id collate "C"
  for no key update;
  get diagnostics locked = row_count;
  return locked;
end
$function$;

comment on function public.bot_session_lock_leases(text[]) is
'Locks the leases of sessions until the end of the transaction, and so waits for renewals that are not committed yet. Save, forget and expire call it. It locks them as the owner of the tables.

session_ids: the sessions, whose rows of bot_sessions the caller has locked.
Returns the number of leases.
Errors: 42501 no privilege, or the tables'' owner has changed; 25006 read-only transaction; 42P01 no table; 40001 above READ COMMITTED if one has changed since the snapshot.
Privileges: EXECUTE.';

create or replace function public.bot_session_save(session_id text, data jsonb, fence bigint default null)
returns integer
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_save.session_id;
  content alias for $2;
  argument text;
  entry jsonb;
  element_kind text collate "default";
  element_key text collate "default";
  element_value text collate "default";
  too_long bigint;
  numbers bigint[];
  ids text[] collate "default";
  kinds text[] collate "default";
  keys text[] collate "default";
  vals text[] collate "default";
  touched text[];
  status text;
  leases integer;
begin
  if session_id is null then
    raise null_value_not_allowed using
      message = 'session_id must not be null',
      hint = 'Pass the name of the session, for example session_id => ''bot1''.';
  elsif char_length(session_id) not between 1 and 255 then
    raise invalid_parameter_value using
      message = 'session_id must have between 1 and 255 characters';
  end if;
  -- One key with a value, as in most calls, does without arrays: if that is all, nothing is left without it.
  if pg_column_size(content) < 10000 then
    element_kind := jsonb_path_query_first(content, '$.keyvalue().key', silent => true) #>> '{}';
    entry := jsonb_path_query_first(content, '$.*.keyvalue() ? (@.value.type() == "string")', silent => true);
    element_key := entry ->> 'key';
    element_value := entry ->> 'value';
  end if;
  if (content - element_kind = '{}' and (content -> element_kind) - element_key = '{}'
      and octet_length(element_kind) between 1 and 64 and octet_length(element_key) between 1 and 512) is not true then
    element_value := null;
    if content is null or jsonb_typeof(content) <> 'object' or content @? 'strict $.* ? (@.type() != "object" && @.type() != "null"
        || exists (@.* ? (@.type() != "string" && @.type() != "null")))' then
      raise invalid_parameter_value using
        message = format('%s must be an object of kinds, each null or an object of keys with values that are strings or null',
          coalesce(argument, 'data')),
        hint = 'For example {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}.';
    end if;
    -- Into arrays, so that the statements that follow are planned without guesses about JSON. What has no value is to be
    -- deleted, where the key is null too all of its kind. The empty key, which no row has, stands for a kind without keys.
    select min(e.number) filter (where not (octet_length(k.key) between 1 and 64
        and coalesce(octet_length(v.key), 1) between 1 and 512 and coalesce(octet_length(v.value), 0) <= 67108864)),
      array_agg(e.number), array_agg(e.id), array_agg(k.key),
      array_agg(coalesce(v.key, case jsonb_typeof(k.value) when 'object' then '' end)), array_agg(v.value)
    into too_long, numbers, ids, kinds, keys, vals
    from (select 1, local.id, content) as e (number, id, content)
    cross join lateral jsonb_each(e.content) as k
    left join lateral jsonb_each_text(case jsonb_typeof(k.value) when 'object' then k.value end) as v on true;
    if too_long is not null then
      raise invalid_parameter_value using
        message = format('in %s a kind must have 1 to 64 bytes, a key 1 to 512 bytes, a value at most 64 MB', coalesce(argument, 'data'));
    end if;
  end if;

  select s.status into local.status from public.bot_sessions s where s.session_id = local.id for no key update;
  if not found then
    raise exception using
      errcode = 'PT404',
      message = 'session not found',
      detail = format('There is no session "%s", or row level security hides it.', session_id),
      hint = 'Start it with bot_session_start.';
  end if;
  -- A worker renews without the lock on its session: who has no fence waits for what is not committed yet. Above READ
  -- COMMITTED the snapshot is older than the lock on the session, and a lease that changed since is an error.
  if fence is null or current_setting('transaction_isolation') not like 'read%' then
    leases := public.bot_session_lock_leases(array[id]);
  end if;
  if fence is not null or leases > 0 then
    if not public.bot_session_lease_allows(id, fence) then
      if fence is not null then
        raise exception using
          errcode = 'PT409',
          message = 'fence is stale',
          detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
          hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
      end if;
      raise exception using
        errcode = 'PT409',
        message = 'a worker holds the lease of the session',
        detail = format('Session "%s" is run by a worker, and no fence was given; nothing was read or written.', session_id),
        hint = 'Pass the fence that bot_session_start or bot_session_claim returned.';
    end if;
  end if;
  if status is distinct from 'active' then
    raise exception using
      errcode = 'PT409',
      message = 'session is inactive',
      detail = format('Session "%s" has ended and takes no data.', id),
      hint = 'Start it again with bot_session_start.';
  end if;

  if element_value is not null then
    update public.bot_session_data d
    set value = local.element_value, updated_at = clock_timestamp()
    where d.session_id = local.id and d.kind = local.element_kind and d.key = local.element_key and d.value <> local.element_value;
    if found then
      return 1;
    end if;
    perform
    from public.bot_session_data d
    where d.session_id = local.id and d.kind = local.element_kind and d.key = local.element_key and d.value = local.element_value;
    if found then
      return 0;
    end if;
    insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
    values (local.id, local.element_kind, local.element_key, local.element_value, clock_timestamp())
    on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp();
    return found::integer;
  end if;
  if numbers is not null then
    -- A subquery hides the arrays from the planner, so that one plan does for all calls, and a limit that it does not know
    -- makes it expect one row, and look each up by the key's index. Of a table with a page or two it may rather read all,
    -- and would go on to when the table has grown: so a small table and a large one have each their own plans. Rows that
    -- are there first: to look a row up and update it costs less than to try to insert it.
    if pg_relation_size('public.bot_session_data') < 65536 then
      with given as (
        select *
        from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
        limit (select cardinality(local.ids))
      ), written as (
        update public.bot_session_data d
        set value = g.value, updated_at = clock_timestamp()
        from given g
        where d.session_id = g.id and d.kind = g.kind and d.key = g.key and d.value <> g.value
        returning d.session_id)
      select array_agg(session_id) into touched from written;
      touched := coalesce(touched, '{}');
      if cardinality(touched) < cardinality(array_remove(vals, null)) then
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), written as (
          insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
          select g.id, g.kind, g.key, g.value, clock_timestamp()
          from given g
          left join lateral (
            select d.value
            from public.bot_session_data d
            where d.session_id = g.id and d.kind = g.kind and d.key = g.key
            limit 1) as old on true
          where g.value <> old.value or g.value is not null and old.value is null
          on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()
          returning d.session_id)
        select touched || coalesce(array_agg(session_id), '{}') into touched from written;
      end if;
      if array_position(vals, null) is not null then
        if exists (select from unnest(keys, vals) as g (key, value) where g.key <> '' and g.value is null) then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), deleted as (
            delete from public.bot_session_data d
            using given g
            where d.session_id = g.id and d.kind = g.kind and d.key = g.key and g.value is null
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
        end if;
      end if;
      if array_position(keys, null) is not null then
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), deleted as (
          delete from public.bot_session_data d
          using given g
          where d.session_id = g.id and d.kind = g.kind and g.key is null
          returning d.session_id)
        select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
      end if;
    else
      with given as (
        select *
        from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
        limit (select cardinality(local.ids))
      ), written as (
        update public.bot_session_data d
        set value = g.value, updated_at = clock_timestamp()
        from given g
        where d.session_id = g.id and d.kind = g.kind and d.key = g.key and d.value <> g.value
        returning d.session_id)
      select array_agg(session_id) into touched from written;
      touched := coalesce(touched, '{}');
      if cardinality(touched) < cardinality(array_remove(vals, null)) then
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), written as (
          insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
          select g.id, g.kind, g.key, g.value, clock_timestamp()
          from given g
          left join lateral (
            select d.value
            from public.bot_session_data d
            where d.session_id = g.id and d.kind = g.kind and d.key = g.key
            limit 1) as old on true
          where g.value <> old.value or g.value is not null and old.value is null
          on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()
          returning d.session_id)
        select touched || coalesce(array_agg(session_id), '{}') into touched from written;
      end if;
      if array_position(vals, null) is not null then
        if exists (select from unnest(keys, vals) as g (key, value) where g.key <> '' and g.value is null) then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), deleted as (
            delete from public.bot_session_data d
            using given g
            where d.session_id = g.id and d.kind = g.kind and d.key = g.key and g.value is null
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
        end if;
      end if;
      if array_position(keys, null) is not null then
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), deleted as (
          delete from public.bot_session_data d
          using given g
          where d.session_id = g.id and d.kind = g.kind and g.key is null
          returning d.session_id)
        select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
      end if;
    end if;
  end if;
  return coalesce(cardinality(touched), 0);
end
$function$;

comment on function public.bot_session_save(text, jsonb, bigint) is
'Saves what the bot of a session logs in with, all or nothing, under the caller''s lease.

session_id: name of the session.
data: an object of kinds, each an object of keys and values: {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}. A value is text and kept character for character. null deletes the key; null for a kind deletes the kind. Keys that are not named are kept.
fence: the fence of the caller''s lease. Without one nothing is written while a lease is live.
Returns the number of rows inserted, changed or deleted. Equal values are not written again. A save does not count as activity of the session.
Locks the row of bot_sessions; sets all columns of bot_session_data.
Errors: PT404 no such session; PT409 a stale fence, a live lease and no fence, or the session is inactive; 22004 session_id is null; 22023 it is empty or too long, data is no such object, a kind has not 1 to 64 bytes, a key not 1 to 512, or a value more than 64 MB; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT, INSERT and UPDATE of bot_session_data, DELETE if something is deleted. Whether a lease is live is asked as the owner of the tables.';

create or replace function public.bot_session_save_many(saves jsonb)
returns jsonb
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  element jsonb;
  content jsonb;
  argument text;
  number integer := 0;
  too_long bigint;
  numbers bigint[];
  ids text[] collate "default";
  kinds text[] collate "default";
  keys text[] collate "default";
  vals text[] collate "default";
  all_ids text[] collate "default";
  all_kinds text[] collate "default";
  all_keys text[] collate "default";
  all_vals text[] collate "default";
  touched text[];
  changed jsonb;
  statuses jsonb;
  leased boolean;
  id text collate "default";
  fence bigint;
  refused text;
  rounds integer[] := '{}'::integer[];
  round_of jsonb := '{}'::jsonb;
  answers jsonb[] := '{}'::jsonb[];
begin
  if saves is null or jsonb_typeof(saves) <> 'array' then
    raise invalid_parameter_value using
      message = 'saves must be a JSON array',
      hint = 'For example [{"session_id": "bot1", "data": {"creds": {"creds": "text"}}, "fence": 42}].';
  end if;
  for element in select jsonb_array_elements(saves) loop
    number := number + 1;
    argument := format('data of element %s of saves', number);
    content := element -> 'data';
    if jsonb_typeof(element) <> 'object' then
      raise invalid_parameter_value using
        message = format('element %s of saves must be an object', number);
    elsif jsonb_typeof(element -> 'session_id') not in ('string', 'null') then
      raise invalid_parameter_value using
        message = format('session_id of element %s of saves must be a string', number);
    elsif element ->> 'fence' is not null
        and not (case when jsonb_typeof(element -> 'fence') = 'number' then element ->> 'fence' ~ '^-?[0-9]+$'
          and (element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
      raise invalid_parameter_value using
        message = format('fence of element %s of saves must be a whole number', number),
        hint = 'A fence is a JSON number: 42 and not "42".';
    elsif element - '{session_id, data, fence}'::text[] <> '{}' then
      raise invalid_parameter_value using
        message = format('element %s of saves has an unknown key', number),
        hint = 'The keys are session_id, data and fence.';
    elsif element ->> 'session_id' is null then
      raise invalid_parameter_value using
        message = format('element %s of saves has no session_id', number);
    elsif char_length(element ->> 'session_id') not between 1 and 255 then
      raise invalid_parameter_value using
        message = format('session_id of element %s of saves must have between 1 and 255 characters', number);
    end if;
    if content is null or jsonb_typeof(content) <> 'object' or content @? 'strict $.* ? (@.type() != "object" && @.type() != "null"
        || exists (@.* ? (@.type() != "string" && @.type() != "null")))' then
      raise invalid_parameter_value using
        message = format('%s must be an object of kinds, each null or an object of keys with values that are strings or null',
          coalesce(argument, 'data')),
        hint = 'For example {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}.';
    end if;
  end loop;
  select min(e.number) filter (where not (octet_length(k.key) between 1 and 64
      and coalesce(octet_length(v.key), 1) between 1 and 512 and coalesce(octet_length(v.value), 0) <= 67108864)),
    array_agg(e.number), array_agg(e.id), array_agg(k.key),
    array_agg(coalesce(v.key, case jsonb_typeof(k.value) when 'object' then '' end)), array_agg(v.value)
  into too_long, numbers, ids, kinds, keys, vals
  from (
    select e.number, e.element ->> 'session_id', e.element -> 'data'
    from jsonb_array_elements(saves) with ordinality as e (element, number)
    offset 0) as e (number, id, content)
  cross join lateral jsonb_each(e.content) as k
  left join lateral jsonb_each_text(case jsonb_typeof(k.value) when 'object' then k.value end) as v on true;
  if too_long is not null then
    argument := format('data of element %s of saves', too_long);
    raise invalid_parameter_value using
      message = format('in %s a kind must have 1 to 64 bytes, a key 1 to 512 bytes, a value at most 64 MB', coalesce(argument, 'data'));
  end if;

  -- All sessions first, in one order for all batches, then their leases.
  statuses := (
    select coalesce(jsonb_object_agg(session_id, coalesce(status, '')), '{}')
    from (
      select s.session_id, s.status
      from public.bot_sessions s
      where s.session_id = any (array(select jsonb_array_elements(saves) ->> 'session_id'))
      order by s.session_id collate "C"
      for no key update
    ) as in_order);
  leased := public.bot_session_lock_leases(array(
    select jsonb_object_keys(statuses)
    intersect
    select e.element ->> 'session_id'
    from jsonb_array_elements(saves) as e (element)
    where e.element ->> 'fence' is null or current_setting('transaction_isolation') not like 'read%')) > 0;

  number := 0;
  for element in select jsonb_array_elements(saves) loop
    number := number + 1;
    id := element ->> 'session_id';
    fence := (element ->> 'fence')::bigint;
    refused := case
      when statuses -> id is null then 'PT404'
      when (fence is not null or leased) and not public.bot_session_lease_allows(id, fence)
        or statuses ->> id <> 'active' then 'PT409'
    end;
    if refused is null then
      -- The first of each session in one round, the second in the next.
      rounds[number] := coalesce((round_of ->> id)::integer, 0) + 1;
      round_of := round_of || jsonb_build_object(id, rounds[number]);
    else
      answers[number] := jsonb_build_object('session_id', id, 'refused', refused);
    end if;
  end loop;

  all_ids := ids;
  all_kinds := kinds;
  all_keys := keys;
  all_vals := vals;
  for round in 1 .. coalesce((select max(r) from unnest(rounds) as r), 0) loop
    select array_agg(g.id), array_agg(g.kind), array_agg(g.key), array_agg(g.value)
    into ids, kinds, keys, vals
    from unnest(numbers, all_ids, all_kinds, all_keys, all_vals) as g (number, id, kind, key, value)
    where rounds[g.number] = round;
    touched := '{}'::text[];
    if ids is not null then
      if pg_relation_size('public.bot_session_data') < 65536 then
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), written as (
          update public.bot_session_data d
          set value = g.value, updated_at = clock_timestamp()
          from given g
          where d.session_id = g.id and d.kind = g.kind and d.key = g.key and d.value <> g.value
          returning d.session_id)
        select array_agg(session_id) into touched from written;
        touched := coalesce(touched, '{}');
        if cardinality(touched) < cardinality(array_remove(vals, null)) then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), written as (
            insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
            select g.id, g.kind, g.key, g.value, clock_timestamp()
            from given g
            left join lateral (
              select d.value
              from public.bot_session_data d
              where d.session_id = g.id and d.kind = g.kind and d.key = g.key
              limit 1) as old on true
            where g.value <> old.value or g.value is not null and old.value is null
            on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from written;
        end if;
        if array_position(vals, null) is not null then
          if exists (select from unnest(keys, vals) as g (key, value) where g.key <> '' and g.value is null) then
            with given as (
              select *
              from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
              limit (select cardinality(local.ids))
            ), deleted as (
              delete from public.bot_session_data d
              using given g
              where d.session_id = g.id and d.kind = g.kind and d.key = g.key and g.value is null
              returning d.session_id)
            select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
          end if;
        end if;
        if array_position(keys, null) is not null then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), deleted as (
            delete from public.bot_session_data d
            using given g
            where d.session_id = g.id and d.kind = g.kind and g.key is null
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
        end if;
      else
        with given as (
          select *
          from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
          limit (select cardinality(local.ids))
        ), written as (
          update public.bot_session_data d
          set value = g.value, updated_at = clock_timestamp()
          from given g
          where d.session_id = g.id and d.kind = g.kind and d.key = g.key and d.value <> g.value
          returning d.session_id)
        select array_agg(session_id) into touched from written;
        touched := coalesce(touched, '{}');
        if cardinality(touched) < cardinality(array_remove(vals, null)) then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), written as (
            insert into public.bot_session_data as d (session_id, kind, key, value, updated_at)
            select g.id, g.kind, g.key, g.value, clock_timestamp()
            from given g
            left join lateral (
              select d.value
              from public.bot_session_data d
              where d.session_id = g.id and d.kind = g.kind and d.key = g.key
              limit 1) as old on true
            where g.value <> old.value or g.value is not null and old.value is null
            on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from written;
        end if;
        if array_position(vals, null) is not null then
          if exists (select from unnest(keys, vals) as g (key, value) where g.key <> '' and g.value is null) then
            with given as (
              select *
              from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
              limit (select cardinality(local.ids))
            ), deleted as (
              delete from public.bot_session_data d
              using given g
              where d.session_id = g.id and d.kind = g.kind and d.key = g.key and g.value is null
              returning d.session_id)
            select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
          end if;
        end if;
        if array_position(keys, null) is not null then
          with given as (
            select *
            from unnest((select local.ids), (select local.kinds), (select local.keys), (select local.vals)) as g (id, kind, key, value)
            limit (select cardinality(local.ids))
          ), deleted as (
            delete from public.bot_session_data d
            using given g
            where d.session_id = g.id and d.kind = g.kind and g.key is null
            returning d.session_id)
          select touched || coalesce(array_agg(session_id), '{}') into touched from deleted;
        end if;
      end if;
    end if;
    changed := (
      select jsonb_object_agg(t.id, t.n)
      from (select u.id, count(*) as n from unnest(touched) as u (id) group by u.id) as t);
    for position in 1 .. jsonb_array_length(saves) loop
      if rounds[position] = round then
        id := saves -> (position - 1) ->> 'session_id';
        answers[position] := jsonb_build_object('session_id', id, 'changed', coalesce((changed ->> id)::integer, 0));
      end if;
    end loop;
  end loop;
  return to_jsonb(answers);
end
$function$;

comment on function public.bot_session_save_many(jsonb) is
'Saves for many sessions in one transaction, as bot_session_save does for one.

saves: an array of {"session_id": ..., "data": ..., "fence": ...}; fence is optional.
Returns an array with one answer per element, in input order: {"session_id": ..., "changed": 3}, or {"session_id": ..., "refused": "PT404" or "PT409"} if nothing of that element was written. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_save.';

create or replace function public.bot_session_load(session_id text, keys jsonb default null, fence bigint default null)
returns json
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_load.session_id;
  wanted alias for $2;
  too_long boolean;
  kinds text[] collate "default";
  names text[] collate "default";
  result json;
begin
  if session_id is null then
    raise null_value_not_allowed using
      message = 'session_id must not be null',
      hint = 'Pass the name of the session, for example session_id => ''bot1''.';
  elsif char_length(session_id) not between 1 and 255 then
    raise invalid_parameter_value using
      message = 'session_id must have between 1 and 255 characters';
  end if;
  if wanted <> 'null' then
    if jsonb_typeof(wanted) <> 'object' or wanted @? 'strict $.* ? (@.type() != "array" && @.type() != "null"
        || exists (@[*] ? (@.type() != "string")))' then
      raise invalid_parameter_value using
        message = 'keys must be an object of kinds, each null or an array of keys',
        hint = 'For example {"creds": ["creds"], "session": null}; null stands for all.';
    end if;
    -- What has no key is to be loaded whole. The empty key, which no row has, stands for a kind without keys.
    select bool_or(octet_length(k.key) not between 1 and 64 or octet_length(v.key) not between 1 and 512),
      array_agg(k.key), array_agg(coalesce(v.key, case jsonb_typeof(k.value) when 'array' then '' end))
    into too_long, kinds, names
    from jsonb_each(wanted) as k
    left join lateral (
      select distinct jsonb_array_elements_text(case jsonb_typeof(k.value) when 'array' then k.value end)) as v (key) on true;
    if too_long then
      raise invalid_parameter_value using
        message = 'in keys a kind must have 1 to 64 bytes, a key 1 to 512 bytes';
    end if;
  end if;
  -- Reading would be allowed there; what is read may be behind, and an old state breaks a login.
  if current_setting('transaction_read_only')::boolean then
    raise read_only_sql_transaction using
      message = 'cannot execute bot_session_load() in a read-only transaction';
  end if;

  perform from public.bot_sessions s where s.session_id = local.id;
  if not found then
    raise exception using
      errcode = 'PT404',
      message = 'session not found',
      detail = format('There is no session "%s", or row level security hides it.', session_id),
      hint = 'Start it with bot_session_start.';
  end if;
  if not public.bot_session_lease_allows(id, fence) then
    if fence is not null then
      raise exception using
        errcode = 'PT409',
        message = 'fence is stale',
        detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
        hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
    end if;
    raise exception using
      errcode = 'PT409',
      message = 'a worker holds the lease of the session',
      detail = format('Session "%s" is run by a worker, and no fence was given; nothing was read or written.', session_id),
      hint = 'Pass the fence that bot_session_start or bot_session_claim returned.';
  end if;

  -- All rows by one statement, which has one snapshot. Not by jsonb aggregates, which copy what they have at every level.
  if kinds is null and wanted <> 'null' then
    result := null;
  elsif kinds is null then
    select json_object_agg(e.kind, e.entries) into result
    from (
      select d.kind, json_object_agg(d.key, d.value) as entries
      from public.bot_session_data d
      where d.session_id = local.id
      group by d.kind
    ) as e;
  elsif kinds[1] = all (kinds) and array_position(names, null) is null then
    -- Keys of one kind, as in most calls, need no grouping.
    select json_object_agg(local.kinds[1], e.entries) into result
    from (
      select json_object_agg(one.key, one.value) as entries
      from unnest((select local.names)) as g (key)
      cross join lateral (
        select d.key, d.value
        from public.bot_session_data d
        where d.session_id = local.id and d.kind = local.kinds[1] and d.key = g.key
        limit 1) as one
    ) as e
    where e.entries is not null;
  else
    select json_object_agg(e.kind, e.entries) into result
    from (
      select found.kind, json_object_agg(found.key, found.value) as entries
      from (
        select g.kind, g.key, one.value
        from unnest((select local.kinds), (select local.names)) as g (kind, key)
        cross join lateral (
          select d.value
          from public.bot_session_data d
          where d.session_id = local.id and d.kind = g.kind and d.key = g.key
          limit 1) as one
        union all
        select g.kind, every.key, every.value
        from unnest((select local.kinds), (select local.names)) as g (kind, key)
        cross join lateral (
          select d.key, d.value
          from public.bot_session_data d
          where d.session_id = local.id and d.kind = g.kind
          offset 0) as every
        where g.key is null
      ) as found
      group by found.kind
    ) as e;
  end if;
  return coalesce(result, '{}');
end
$function$;

comment on function public.bot_session_load(text, jsonb, bigint) is
'Loads what the bot of a session logs in with.

session_id: name of the session.
keys: an object of kinds, each an array of keys, or null for the whole kind: {"creds": ["creds"], "session": null}. NULL, the default, loads everything.
fence: the fence of the caller''s lease. Without one nothing is read while a lease is live. For an inactive session give none, or the fence that ended it.
Returns an object of kinds, each an object of keys and values. Missing keys and kinds are left out. A save is seen whole or not at all. Locks and writes nothing.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long, keys is no such object, a kind has not 1 to 64 bytes or a key not 1 to 512; 42501 no privilege; 25006 read-only transaction or a standby, where an old state would break the login; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows; SELECT of bot_sessions and of session_id, kind, key and value of bot_session_data. Whether a lease is live is asked as the owner of the tables.';

create or replace function public.bot_session_forget(session_id text, fence bigint default null, reason text default null)
returns integer
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
<<local>>
declare
  id text collate "default" := bot_session_forget.session_id;
  outer_operation text := current_setting('botsession.operation', true);
  outer_reason text := current_setting('botsession.reason', true);
  leases integer;
  deleted integer;
begin
  if session_id is null then
    raise null_value_not_allowed using
      message = 'session_id must not be null',
      hint = 'Pass the name of the session, for example session_id => ''bot1''.';
  elsif char_length(session_id) not between 1 and 255 then
    raise invalid_parameter_value using
      message = 'session_id must have between 1 and 255 characters';
  end if;
  perform from public.bot_sessions s where s.session_id = local.id for no key update;
  if not found then
    raise exception using
      errcode = 'PT404',
      message = 'session not found',
      detail = format('There is no session "%s", or row level security hides it.', session_id),
      hint = 'Start it with bot_session_start.';
  end if;
  if fence is null or current_setting('transaction_isolation') not like 'read%' then
    leases := public.bot_session_lock_leases(array[id]);
  end if;
  if fence is not null or leases > 0 then
    if not public.bot_session_lease_allows(id, fence) then
      if fence is not null then
        raise exception using
          errcode = 'PT409',
          message = 'fence is stale',
          detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
          hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
      end if;
      raise exception using
        errcode = 'PT409',
        message = 'a worker holds the lease of the session',
        detail = format('Session "%s" is run by a worker, and no fence was given; nothing was read or written.', session_id),
        hint = 'Pass the fence that bot_session_start or bot_session_claim returned.';
    end if;
  end if;

  perform set_config('botsession.operation', 'bot_session_forget ' || id, true);
  perform set_config('botsession.reason', coalesce(reason, ''), true);
  begin -- or the SQL editor, which sees a statement that deletes, asks back before it runs the migration
    delete from public.bot_session_data d where d.session_id = local.id;
  end;
  get diagnostics deleted = row_count;
  if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
    outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
  end if;
  if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
    outer_reason := set_config('botsession.reason', coalesce(outer_reason, ''), true);
  end if;
  return deleted;
end
$function$;

comment on function public.bot_session_forget(text, bigint, text) is
'Deletes all that the bot of a session logs in with. The bot has to be scanned again.

session_id: name of the session.
fence: the fence of the caller''s lease. Without one nothing is deleted while a lease is live. For an inactive session give none, or the fence that ended it.
reason: why, for the audit trail; no secrets.
Returns the number of rows deleted.
Locks the row of bot_sessions.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT and DELETE of bot_session_data. Whether a lease is live is asked as the owner of the tables.';

create or replace function public.bot_session_version(
  out edition text,
  out version text)
language sql stable parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
  select 'plpgsql', '1.0.0'
$function$;

comment on function public.bot_session_version() is
'Says which edition runs here, c or plpgsql, and its version.

Returns one row.
Errors: 55000 the library in use is of another version than the extension''s SQL definitions; 42501 no privilege.
Privileges: EXECUTE.';

-- IMMUTABLE is meant so: with constants as its arguments it is evaluated when a plan is made, and costs nothing later.
-- A change of owner ends all plans that name the table. One that is made after it, but under a snapshot from before, would
-- keep the former owner: so a row that has a successor, as its xmax says, counts as unknown.
create or replace function public.bot_session_owner(one regclass, other regclass)
returns oid
language plpgsql immutable parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return (
    select min(relowner)
    from pg_class
    where oid in (one, other) and xmax = 0
    having count(*) = case when one = other then 1 else 2 end and min(relowner) = max(relowner));
end
$function$;

comment on function public.bot_session_owner(regclass, regclass) is
'Tells which role owns two tables. Trigger function bot_session_audit of the PL/pgSQL edition asks it.

one: a table.
other: another, or the same.
Returns the role, or NULL if two roles own them, or if the owner may be changing.
Errors: 42501 no privilege.
Privileges: EXECUTE, which the migration grants to nobody.';

create or replace function public.bot_session_maintain()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  now_at timestamptz := clock_timestamp();
begin
  -- The ordinary update passes by one condition; others are looked at one by one.
  if tg_op = 'UPDATE' and tg_when = 'BEFORE' and tg_level = 'ROW' and tg_argv is null
      and tg_relid = 'public.bot_sessions'::regclass
      and int4range(1, 256) @> char_length(new.session_id) and new.created_at is not null
      and new.status = 'active' and (new.qr_data <> '') is not false and old.updated_at < now_at then
    new.updated_at := now_at;
    return new;
  end if;

  if tg_op not in ('INSERT', 'UPDATE') or tg_when <> 'BEFORE' or tg_level <> 'ROW' or tg_nargs <> 0 then
    raise trigger_protocol_violated using
      message = 'function "bot_session_maintain" must be fired BEFORE INSERT OR UPDATE for each row, without arguments';
  elsif tg_relid <> 'public.bot_sessions'::regclass then
    -- Not part of the condition above: what has a query in it is run as one, each time.
    if not exists (select from pg_partition_ancestors(tg_relid) where relid = 'public.bot_sessions'::regclass) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_maintain" can only be attached to table bot_sessions of its own schema';
    end if;
  end if;

  -- Refused here and not by a constraint, which would print the row and the QR code with it.
  if new.session_id is null then
    raise check_violation using message = 'session_id must not be null';
  elsif new.created_at is null then
    raise check_violation using message = 'created_at must not be null';
  elsif new.status is null then
    raise check_violation using message = 'status must not be null';
  elsif char_length(new.session_id) not between 1 and 255 then
    raise check_violation using message = 'session_id must have between 1 and 255 characters';
  elsif new.status not in ('active', 'inactive') then
    raise check_violation using message = 'status must be "active" or "inactive"';
  end if;

  if tg_op = 'INSERT' then
    -- As given, unless it would be ahead of the updates to come.
    if new.updated_at is null or not isfinite(new.updated_at) or new.updated_at > now_at then
      new.updated_at := now_at;
    end if;
  elsif old.updated_at is null or old.updated_at >= '294276-12-31 23:59:59.999999+00' then
    new.updated_at := now_at; -- nothing comes after that
  else
    -- Always past the version before, even if the clock goes back.
    new.updated_at := greatest(now_at, old.updated_at + interval '1 microsecond');
  end if;

  if new.status = 'inactive' or new.qr_data = '' then
    new.qr_data := null;
  end if;
  return new;
end
$function$;

comment on function public.bot_session_maintain() is
'Trigger function of bot_sessions, BEFORE INSERT OR UPDATE for each row. Rejects an invalid session_id or status (23514), sets updated_at, and removes the QR code of an inactive session.';

-- Runs as the owner of the tables: who changes a session has no right to write its history.
create or replace function public.bot_session_audit()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $function$
<<local>>
declare
  operation text := current_setting('botsession.operation', true);
  id text;
  event text;
  reason text;
  subject text;
begin
  -- A start of an active session passes by two conditions; what else happens is looked at one by one. The first one opens
  -- the trail, and so learns of a change of owner that was committed while this waited.
  if tg_op = 'UPDATE' and tg_when = 'AFTER' and tg_level = 'ROW' and tg_argv is null
      and tg_relid = 'public.bot_sessions'::regclass
      and old.status = 'active' and new.status = 'active' and operation = 'bot_session_start ' || new.session_id
      and pg_get_replica_identity_index('public.bot_session_events') is not null then
    if pg_get_userbyid(public.bot_session_owner('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass))
        = current_user then
      operation := set_config('botsession.operation', '', true);
      -- Where PostgREST set it. That it is no JSON is no reason to refuse the change.
      if current_setting('request.jwt.claims', true) <> '' then
        begin
          subject := nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '');
        exception when others then
          subject := null;
        end;
      end if;
      insert into public.bot_session_events (session_id, event, actor_role, actor_sub, happened_at)
      values (new.session_id, 'recovered', coalesce(nullif(current_setting('role'), 'none'), session_user), subject,
        clock_timestamp());
      return null;
    end if;
  end if;

  if tg_when <> 'AFTER' or tg_level <> 'ROW' or tg_argv is not null or tg_relid <> 'public.bot_sessions'::regclass then
    if tg_when <> 'AFTER' or tg_level <> 'ROW' or tg_nargs <> 0 then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit" must be fired AFTER INSERT OR UPDATE OR DELETE for each row, without arguments';
    elsif not exists (select from pg_partition_ancestors(tg_relid) where relid = 'public.bot_sessions'::regclass) then
      raise trigger_protocol_violated using
        message = 'function "bot_session_audit" can only be attached to table bot_sessions of its own schema';
    end if;
  end if;

  if tg_op = 'UPDATE' then
    id := new.session_id;
    if new.status = old.status then
      if operation = 'bot_session_start ' || id and new.status = 'active' then
        event := 'recovered';
      else
        return null;
      end if;
    elsif new.status = 'active' then
      event := 'reopened';
    elsif old.status = 'active' then
      event := 'ended';
    else
      return null;
    end if;
  elsif tg_op = 'INSERT' then
    id := new.session_id;
    event := 'created';
  else
    id := old.session_id;
    event := 'deleted';
  end if;
  perform
  from pg_class
  where oid in ('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass,
      case when event = 'ended' then to_regclass('public.bot_session_leases') end)
    and pg_get_userbyid(relowner) <> current_user;
  if found then
    raise insufficient_privilege using
      message = 'the owner of the tables has changed',
      detail = 'The tables, and the functions that act as their owner, must belong to one role.',
      hint = 'Run the migration create_bot_sessions.sql again.';
  end if;

  -- The operation names its session, and its first change takes it: what triggers
  -- change on the way is a change of its own.
  if ' ' || id = substr(operation, strpos(operation, ' ')) then
    if operation not like 'bot_session_start %' then -- which takes no reason
      reason := nullif(current_setting('botsession.reason', true), '');
    end if;
    operation := set_config('botsession.operation', '', true);
  end if;
  if current_setting('request.jwt.claims', true) <> '' then
    begin
      subject := nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '');
    exception when others then
      subject := null;
    end;
  end if;
  insert into public.bot_session_events (session_id, event, reason, actor_role, actor_sub, happened_at)
  values (id, event, reason, coalesce(nullif(current_setting('role'), 'none'), session_user), subject, clock_timestamp());

  -- Whoever ends the session, by whatever path, ends its lease.
  if event = 'ended' then
    if to_regclass('public.bot_session_leases') is not null then
      update public.bot_session_leases
      set expires_at = null, released_at = null
      where session_id = local.id and coalesce(expires_at, released_at) is not null;
    end if;
  end if;
  return null;
end
$function$;

comment on function public.bot_session_audit() is
'Trigger function of bot_sessions, AFTER INSERT OR UPDATE OR DELETE for each row. Records what happened to the session in bot_session_events, and releases the lease of a session that ended. Runs as the owner of these tables.';

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
    raise insufficient_privilege using
      message = 'the owner of the tables has changed',
      detail = 'The tables, and the functions that act as their owner, must belong to one role.',
      hint = 'Run the migration create_bot_sessions.sql again.';
  end if;

  if current_setting('request.jwt.claims', true) <> '' then
    begin
      subject := nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '');
    exception when others then
      subject := null;
    end;
  end if;

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
    raise insufficient_privilege using
      message = 'the owner of the tables has changed',
      detail = 'The tables, and the functions that act as their owner, must belong to one role.',
      hint = 'Run the migration create_bot_sessions.sql again.';
  end if;

  if current_setting('request.jwt.claims', true) <> '' then
    begin
      subject := nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '');
    exception when others then
      subject := null;
    end;
  end if;

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

    -- What runs with its owner's rights has the rights of the tables' owner.
    for statement in
      select format('alter function %s owner to %s', oid::regprocedure, tables_owner)
      from pg_proc
      where pronamespace = 'public'::regnamespace and proname = any (our_functions[:][1:1]) and prosecdef
    loop
      execute statement;
    end loop;

comment on type public.bot_session is
'A session as the functions return it: the row of bot_sessions after the call, previous_status and fence. previous_status is the status before the call, NULL if the call created the session. After bot_session_start, active means that the last run of the bot never ended it. fence is that of the caller''s lease, NULL without a lease.';
comment on type public.bot_session_lease is
'A lease as the functions return it: worker runs the session until expires_at. fence grows with every new lease of any session. A write with an older fence is rejected.';
  end if;

  -- One for both editions: plain SQL over the tables.
create or replace function public.bot_session_overview(stale_after interval default '5 minutes')
returns table (session_id text, state text, has_qr boolean, has_data boolean, worker text, lease_expires_at timestamptz,
  created_at timestamptz, updated_at timestamptz, idle interval)
language sql stable parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
  select s.session_id,
    case
      when s.status <> 'active' then 'ended'
      when coalesce(l.expires_at, l.released_at) <= clock.now then 'orphaned'
      when s.updated_at < clock.now - bot_session_overview.stale_after then 'stale'
      when s.qr_data is not null then 'awaiting_qr'
      else 'running'
    end,
    s.qr_data is not null,
    exists (select from public.bot_session_data d where d.session_id = s.session_id),
    case when l.expires_at is not null and s.status = 'active' then l.worker end,
    case when s.status = 'active' then l.expires_at end,
    s.created_at, s.updated_at, case when isfinite(s.updated_at) then clock.now - s.updated_at end
  from public.bot_sessions s
  left join public.bot_session_leases l on l.session_id = s.session_id
  cross join (select clock_timestamp() as now) as clock
$function$;

comment on function public.bot_session_overview(interval) is
'Lists all sessions for monitoring, without messages and QR codes.

stale_after: how long an active session may be silent, 5 minutes by default; NULL for any time.
Returns one row per session. state is the first of these that holds: ended; orphaned (its lease ran out or was released, and no worker claimed it); stale (silent for longer than stale_after); awaiting_qr (a QR code is to be scanned); running. With has_data the bot logs in by itself; without, it needs a scan. worker and lease_expires_at are those of the lease of an active session, NULL once it was released. idle is the time since the last update, NULL if that is infinite.
Errors: 42501 no privilege.
Privileges: EXECUTE; SELECT of bot_sessions and bot_session_leases, and of column session_id of bot_session_data.
Installed by botsession 1.0.0';

  ---------------------------------------------------------------------------
  -- 6. The triggers. One that calls our function is ours, whatever you named it; with a condition of yours, it stays
  --    as it is. One that fires for other events is of another version: it is made anew. How you named and enabled it
  --    holds for all that take its place, how you enabled one for those that are missing beside it.
  ---------------------------------------------------------------------------

  declare
    definitions pg_catalog.text[] := array(
      select format('%s ON public.%I %s EXECUTE FUNCTION public.%I()', fires, tab, level, function)
      from unnest(our_triggers[:][1:1], our_triggers[:][3:3], our_triggers[:][4:4], our_triggers[:][5:5])
        with ordinality as t (tab, fires, level, function, n)
      order by n);
    functions pg_catalog.oid[] := array(
      select format('public.%I()', function)::regprocedure from unnest(our_triggers[:][5:5]) as t (function));
    wanted pg_catalog.record;
    enabled pg_catalog."char";
    names pg_catalog.jsonb := '{}'; -- how you named what is replaced, by its name here
    new_name pg_catalog.name;
    old_name pg_catalog.name;
  begin
    foreach statement in array old_triggers loop
      execute statement;
    end loop;

    for wanted in
      select format('public.%I', tab)::regclass as tab, trigger, function, definition,
        min(trigger) over (partition by tab, function) as first
      from unnest(our_triggers[:][1:1], our_triggers[:][2:2], functions, definitions)
        with ordinality as t (tab, trigger, function, definition, n)
      order by n
    loop
      continue when exists (
        select from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and (pg_get_triggerdef(oid) = format('CREATE TRIGGER %I %s', tgname, wanted.definition)
            or tgqual is not null
              and pg_get_triggerdef(oid) not in (select format('CREATE TRIGGER %I %s', tgname, unnest(definitions)))));

      enabled := (
        select tgenabled
        from pg_trigger
        where tgrelid = wanted.tab and tgfoid = any (functions)
          and (tgtype & 2 <> 0) = (wanted.definition like 'BEFORE %')
        order by tgfoid = wanted.function desc, tgname
        limit 1);
      for old_name in
        select tgname
        from pg_trigger
        where tgrelid = wanted.tab and tgfoid = wanted.function
          and pg_get_triggerdef(oid) not in (select format('CREATE TRIGGER %I %s', tgname, unnest(definitions)))
        order by tgname desc
      loop
        execute format('drop trigger %I on %s', old_name, wanted.tab);
        names := names || jsonb_build_object(wanted.first, old_name);
      end loop;
      new_name := coalesce(names ->> wanted.first || substr(wanted.trigger, length(wanted.first) + 1), wanted.trigger);
      execute format('create trigger %I %s', new_name, wanted.definition);
      if enabled <> 'O' then
        execute format('alter table %s %s trigger %I', wanted.tab,
          case enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, new_name);
      end if;
    end loop;
  end;

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

---------------------------------------------------------------------------
-- 8. What is installed now, whose the tables are, and what visitors of the API may do with it. If an error is shown
--    above, this is how it was before.
---------------------------------------------------------------------------

select
  case when extension.oid is null then 'plpgsql' else 'c' end as edition,
  coalesce(extension.extversion, pg_catalog.substring(
    pg_catalog.obj_description(pg_catalog.to_regprocedure('public.bot_session_overview(interval)'), 'pg_proc'),
    '[^ ]+$')) as version,
  pg_catalog.pg_get_userbyid((
    select relowner from pg_catalog.pg_class where oid = pg_catalog.to_regclass('public.bot_sessions'))) as owner,
  coalesce(visitors.may ->> 'anon', 'no such role') as anon_may,
  coalesce(visitors.may ->> 'authenticated', 'no such role') as authenticated_may
from (
  select pg_catalog.jsonb_object_agg(r.rolname, coalesce(a.may, 'nothing')) as may
  from pg_catalog.pg_roles r
  cross join lateral (
    select pg_catalog.string_agg(pg_catalog.lower(privilege) || ' ' || object, ', ' order by object, privilege) as may
    from (
      select privilege, c.relname::pg_catalog.text as object
      from pg_catalog.pg_class c
      cross join pg_catalog.unnest('{SELECT, INSERT, UPDATE, REFERENCES, DELETE, TRUNCATE, TRIGGER, MAINTAIN, USAGE}'
        ::pg_catalog.text[]) as privilege
      where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname ~ '^bot_session(s$|_)' and case
        when c.relkind = 'S' and privilege in ('SELECT', 'UPDATE', 'USAGE')
          then pg_catalog.has_sequence_privilege(r.oid, c.oid, privilege)
        when c.relkind not in ('r', 'p', 'v', 'm', 'f') or privilege = 'USAGE' then false
        when privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
          then pg_catalog.has_any_column_privilege(r.oid, c.oid, privilege)
        -- Servers before 17 do not know it.
        when privilege = 'MAINTAIN' and pg_catalog.current_setting('server_version_num')::integer < 170000 then false
        else pg_catalog.has_table_privilege(r.oid, c.oid, privilege) end
      union all
      select 'EXECUTE', p.proname
      from pg_catalog.pg_proc p
      where p.pronamespace = 'public'::pg_catalog.regnamespace and p.proname ~ '^bot_session_'
        and p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
        and pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
    ) as granted
  ) as a
  where r.rolname in ('anon', 'authenticated')
) as visitors
left join pg_catalog.pg_extension as extension on extension.extname = 'botsession'
where pg_catalog.to_regtype('public.bot_session') is not null;
