-- botsession @version@: sessions of messaging bots, kept in PostgreSQL.
--
-- Paste this file into the SQL editor and run it, or use psql -f. It changes all or
-- nothing, and may be run again at any time: rows, and what you added to the tables, stay.
-- In another schema: replace the word public in the whole file by the name of that schema.
--
-- Where the server has the extension botsession, its functions (written in C) are
-- installed; elsewhere, as on hosted Supabase, the same functions in PL/pgSQL.
-- To choose: set botsession.edition = 'plpgsql', or 'c', before you run the file.

do $migration$
declare
  caller_search_path pg_catalog.text := pg_catalog.current_setting('search_path');
  caller_row_security pg_catalog.text := pg_catalog.current_setting('row_security');
  edition pg_catalog.text;
  extension_version pg_catalog.text;
  sessions pg_catalog.oid;
  events pg_catalog.oid;
  leases pg_catalog.oid;
  tables_owner pg_catalog.regrole;
  sessions_created boolean;
  events_created boolean;
  leases_created boolean;
  fences_created boolean;
  foreign_key_missing boolean;
  types_created boolean;
  old_functions pg_catalog.oid[];
  function_names pg_catalog.name[] := '{bot_session_start, bot_session_touch, bot_session_end,
    bot_session_touch_many, bot_session_expire, bot_session_claim, bot_session_renew, bot_session_release,
    bot_session_maintain, bot_session_audit, bot_session_audit_lease}';
  bot_session_attributes pg_catalog.text[] := '{session_id text, created_at timestamp with time zone, last_message text,
    status text, qr_data text, updated_at timestamp with time zone, previous_status text, fence bigint}';
  bot_session_lease_attributes pg_catalog.text[] := '{session_id text, worker text, fence bigint,
    expires_at timestamp with time zone}';
  before_workers boolean;
  functions pg_catalog.text;
  sequence_of_events pg_catalog.text;
  old_grants pg_catalog.text[];
  old_triggers pg_catalog.text[];
  problems pg_catalog.text[] := '{}';
  name_of_check pg_catalog.name;
  condition pg_catalog.text;
  allowed boolean;
  unset_columns pg_catalog.text;
  statement pg_catalog.text;
  grantee pg_catalog.text;
  dependents pg_catalog.text;
begin
  -- Nothing below may be caught by something of the same name in another schema; unless it is named, the
  -- temporary schema would come first.
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  -- Rows that a policy hides from the role that runs this are an error, and not overlooked.
  perform set_config('row_security', 'off', true);

  -- One run at a time: two that create or replace the same fail, and what is found below is to stay.
  perform pg_advisory_xact_lock(hashtextextended('create_bot_sessions.sql', 0));

  if not has_schema_privilege('public'::regnamespace, 'create') then
    raise insufficient_privilege using
      message = format('role %s may not create anything in schema public', current_user::regrole),
      hint = format('Run this as another role, or: grant create on schema public to %s.', current_user::regrole);
  end if;
