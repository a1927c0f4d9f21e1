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

