-- botsession @version@: sessions of messaging bots, kept in PostgreSQL.
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
--include 02_lists.sql
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
