/* sql/botsession--1.0.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION botsession" to load this file, or better run create_bot_sessions.sql, which makes the tables too. \quit

--
-- The tables are not made here: they belong to the user and not to the
-- extension, so that a dump holds their rows, whatever else is done to them.
--

CREATE TYPE bot_session AS (
	session_id text,
	created_at timestamptz,
	last_message text,
	status text,
	qr_data text,
	updated_at timestamptz,
	previous_status text
);

CREATE FUNCTION bot_session_start(session_id text)
RETURNS bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_touch(
	session_id text,
	last_message text DEFAULT NULL,
	qr_data text DEFAULT NULL,
	heartbeat_interval interval DEFAULT NULL)
RETURNS bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_end(session_id text, reason text DEFAULT NULL)
RETURNS bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_touch_many(sessions jsonb)
RETURNS SETOF bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_expire(
	idle interval,
	max_sessions integer DEFAULT 1000,
	reason text DEFAULT 'expired')
RETURNS SETOF bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_maintain()
RETURNS trigger
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_audit()
RETURNS trigger
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON TYPE bot_session IS
'A session as the functions return it: the row of bot_sessions after the call, and previous_status, the status before it. previous_status is NULL where the call created the session; after bot_session_start, active means that the last run of the bot never ended it.';

COMMENT ON FUNCTION bot_session_start(text) IS
'Starts a session: creates it, or finds the persisted one, sets it active and returns it.

session_id: name of the session, 1 to 255 characters.
Returns the session as stored. previous_status tells a new session (NULL) from one recovered after a crash (active) and one reopened (inactive); the last message, the creation time and, where it was still active, the QR code are kept.
Reads all columns of bot_sessions; sets session_id and status of a new row, status of one that is there.
Errors: 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege, or a row that the role may not see is in the way; 25006 read-only transaction; 42P01 no table bot_sessions.
Privileges: EXECUTE; SELECT, INSERT and UPDATE of the table.';

COMMENT ON FUNCTION bot_session_touch(text, text, text, interval) IS
'Records a message or a QR code of a session, or just that it is alive.

session_id: name of the session.
last_message: the last message received or sent; NULL keeps what is stored.
qr_data: the QR code generated; NULL keeps what is stored, an empty string removes it (it was scanned).
heartbeat_interval: where nothing else is given, a call within this time of the last update writes nothing.
Returns the session as stored. An inactive session stays inactive: a message is recorded, a QR code refused.
Reads all columns of bot_sessions; sets those given, or updated_at where nothing is.
Errors: PT404 no such session; PT409 a QR code for an inactive session; 22004 session_id is null; 22023 it is empty or too long, or heartbeat_interval not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table bot_sessions.
Privileges: EXECUTE; SELECT and UPDATE of the table.';

COMMENT ON FUNCTION bot_session_end(text, text) IS
'Ends a session: it becomes inactive and its QR code is removed.

session_id: name of the session.
reason: why, for the audit trail; no secrets.
Returns the session as stored. Ending a session that has ended changes nothing.
Reads all columns of bot_sessions; sets status and qr_data.
Errors: PT404 no such session; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table bot_sessions.
Privileges: EXECUTE; SELECT and UPDATE of the table.';

COMMENT ON FUNCTION bot_session_touch_many(jsonb) IS
'Does what bot_session_touch does for many sessions, in one transaction.

sessions: an array of {"session_id": ..., "last_message": ..., "qr_data": ...}, the last two optional.
Returns one row for each element, in the order given; elements of one session are applied in that order. An unknown session has its session_id and all else NULL; a QR code for an inactive session is not stored and its row says inactive.
Locks the sessions in the order of session_id COLLATE "C": batches never deadlock with each other.
Reads and sets the columns that bot_session_touch does.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table bot_sessions.
Privileges: EXECUTE; SELECT and UPDATE of the table.';

COMMENT ON FUNCTION bot_session_expire(interval, integer, text) IS
'Ends active sessions that have not been updated for a time, the oldest first.

idle: how long, for example interval ''1 hour''.
max_sessions: how many at the most, 1000 by default; call it again while it returns as many.
reason: why, for the audit trail; expired by default.
Returns the sessions ended, as stored. Rows that somebody else has locked are skipped.
Reads all columns of bot_sessions; sets status and qr_data.
Errors: 22023 idle or max_sessions is null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table bot_sessions.
Privileges: EXECUTE; SELECT and UPDATE of the table.';

COMMENT ON FUNCTION bot_session_maintain() IS
'Trigger function of bot_sessions, BEFORE INSERT OR UPDATE for each row: checks session_id and status (23514 where they are wrong), sets updated_at, and removes the QR code of an inactive session.';

COMMENT ON FUNCTION bot_session_audit() IS
'Trigger function of bot_sessions, AFTER INSERT OR UPDATE OR DELETE for each row: writes what happened to the session to bot_session_events, as the owner of that table.';

--
-- A trusted extension is created by a superuser in the name of another role:
-- hand over to that role first, then take back what the superuser's default
-- privileges gave to others.  Whoever needs a function is granted it by the
-- migration, in a grant that dumps contain.
--
DO $$
DECLARE
	grantee pg_catalog.text;
	object pg_catalog.text;
BEGIN
	FOREACH object IN ARRAY ARRAY[
		'TYPE @extschema@.bot_session',
		'FUNCTION @extschema@.bot_session_start(pg_catalog.text)',
		'FUNCTION @extschema@.bot_session_touch(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.interval)',
		'FUNCTION @extschema@.bot_session_end(pg_catalog.text, pg_catalog.text)',
		'FUNCTION @extschema@.bot_session_touch_many(pg_catalog.jsonb)',
		'FUNCTION @extschema@.bot_session_expire(pg_catalog.interval, pg_catalog.int4, pg_catalog.text)',
		'FUNCTION @extschema@.bot_session_maintain()',
		'FUNCTION @extschema@.bot_session_audit()']
	LOOP
		EXECUTE pg_catalog.format('ALTER %s OWNER TO %s', object, '@extowner@');
		EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM PUBLIC', object);
		FOREACH grantee IN ARRAY ARRAY['anon', 'authenticated', 'service_role']
		LOOP
			IF pg_catalog.to_regrole(grantee) IS NOT NULL THEN
				EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %I', object, grantee);
			END IF;
		END LOOP;
	END LOOP;
END
$$;
