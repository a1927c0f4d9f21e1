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
	previous_status text,
	fence bigint
);

CREATE TYPE bot_session_lease AS (
	session_id text,
	worker text,
	fence bigint,
	expires_at timestamptz
);

CREATE FUNCTION bot_session_start(
	session_id text,
	worker text DEFAULT NULL,
	ttl interval DEFAULT '60 seconds')
RETURNS bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_touch(
	session_id text,
	last_message text DEFAULT NULL,
	qr_data text DEFAULT NULL,
	fence bigint DEFAULT NULL,
	heartbeat_interval interval DEFAULT NULL)
RETURNS bot_session
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_end(
	session_id text,
	reason text DEFAULT NULL,
	fence bigint DEFAULT NULL)
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

CREATE FUNCTION bot_session_claim(
	worker text,
	max_sessions integer DEFAULT 10,
	ttl interval DEFAULT '60 seconds')
RETURNS SETOF bot_session_lease
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_renew(fences jsonb, ttl interval DEFAULT '60 seconds')
RETURNS SETOF bot_session_lease
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION bot_session_release(fences jsonb)
RETURNS SETOF bot_session_lease
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

CREATE FUNCTION bot_session_audit_lease()
RETURNS trigger
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON TYPE bot_session IS
'A session as the functions return it: the row of bot_sessions after the call, previous_status, the status before it, and fence. previous_status is NULL where the call created the session; after bot_session_start, active means that the last run of the bot never ended it. fence is that of the caller''s lease, NULL where none is involved.';

COMMENT ON TYPE bot_session_lease IS
'A lease as the functions return it: worker runs the session until expires_at. fence grows with every new lease of any session; a write that gives an older one is refused.';

COMMENT ON FUNCTION bot_session_start(text, text, interval) IS
'Starts a session: creates it, or finds the persisted one, sets it active and returns it.

session_id: name of the session, 1 to 255 characters.
worker: name of the process that runs the bot; where given, it takes the lease of the session, with a new fence.
ttl: how long the lease is good without renewal, 60 seconds by default.
Returns the session as stored. previous_status tells a new session (NULL) from one recovered after a crash (active) and one reopened (inactive); the last message, the creation time and, where it was still active, the QR code are kept. fence is that of the lease, NULL where no worker is given.
Reads all columns of bot_sessions; sets session_id and status of a new row, status of one that is there; with a worker, reads and sets all columns of bot_session_leases.
Errors: PT409 another worker holds the lease; 22004 session_id is null; 22023 it is empty or too long, worker is empty, or ttl not positive; 42501 no privilege, or a row that the role may not see is in the way; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT, INSERT and UPDATE of the table; with a worker those of bot_session_leases too, and USAGE of the sequence bot_session_fences.';

COMMENT ON FUNCTION bot_session_touch(text, text, text, bigint, interval) IS
'Records a message or a QR code of a session, or just that it is alive.

session_id: name of the session.
last_message: the last message received or sent; NULL keeps what is stored.
qr_data: the QR code generated; NULL keeps what is stored, an empty string removes it (it was scanned).
fence: the fence of the caller''s lease; where given, nothing is written unless that lease is live.
heartbeat_interval: where neither a message nor a QR code is given, a call within this time of the last update writes nothing.
Returns the session as stored. An inactive session stays inactive: a message is recorded, a QR code refused.
Reads all columns of bot_sessions; sets those given, or updated_at where nothing is. With a fence, reads bot_session_leases.
Errors: PT404 no such session; PT409 a QR code for an inactive session, or a stale fence; 22004 session_id is null; 22023 it is empty or too long, or heartbeat_interval not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';

COMMENT ON FUNCTION bot_session_end(text, text, bigint) IS
'Ends a session: it becomes inactive, its QR code is removed and its lease released.

session_id: name of the session.
reason: why, for the audit trail; no secrets.
fence: the fence of the caller''s lease; where given, nothing is written unless that lease is live.
Returns the session as stored. Ending a session that has ended changes nothing, also with the fence that ended it.
Reads all columns of bot_sessions; sets status and qr_data. With a fence, reads bot_session_leases.
Errors: PT404 no such session; PT409 a stale fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';

COMMENT ON FUNCTION bot_session_touch_many(jsonb) IS
'Does what bot_session_touch does for many sessions, in one transaction.

sessions: an array of {"session_id": ..., "last_message": ..., "qr_data": ..., "fence": ...}, all but the first optional.
Returns one row for each element, in the order given; elements of one session are applied in that order. An unknown session has its session_id and all else NULL; a QR code for an inactive session is not stored and its row says inactive; with a stale fence nothing is written and the row''s fence is NULL.
Locks the sessions in the order of session_id COLLATE "C": batches never deadlock with each other.
Reads and sets the columns that bot_session_touch does.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_touch.';

COMMENT ON FUNCTION bot_session_expire(interval, integer, text) IS
'Ends active sessions that have not been updated for a time and that no worker holds, the oldest first.

idle: how long, for example interval ''1 hour''.
max_sessions: how many at the most, 1000 by default; call it again while it returns as many.
reason: why, for the audit trail; expired by default.
Returns the sessions ended, as stored. Rows that somebody else has locked are skipped, and those with a live lease.
Reads all columns of bot_sessions, and bot_session_leases; sets status and qr_data.
Errors: 22023 idle or max_sessions is null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; SELECT of bot_session_leases (above READ COMMITTED also UPDATE).';

COMMENT ON FUNCTION bot_session_claim(text, integer, interval) IS
'Takes over active sessions that nobody runs any more: their lease ran out or was released.

worker: name of the process that will run them.
max_sessions: how many at the most, 10 by default.
ttl: how long the leases are good without renewal, 60 seconds by default.
Returns the leases taken, each with a new fence, in the order of session_id COLLATE "C". The longest abandoned are taken first; rows that somebody else has locked are skipped. Two workers never get the same session.
Reads bot_sessions, and locks the rows taken; sets all columns of bot_session_leases but session_id.
Errors: 22023 worker is empty, or max_sessions or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases; USAGE of the sequence bot_session_fences.';

COMMENT ON FUNCTION bot_session_renew(jsonb, interval) IS
'Prolongs leases that are still held, many in one call.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
ttl: how long from now, 60 seconds by default.
Returns the leases prolonged, in the order of session_id COLLATE "C". What is missing is lost: stop that bot.
Reads bot_sessions; sets expires_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers, or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT of bot_sessions; SELECT and UPDATE of bot_session_leases.';

COMMENT ON FUNCTION bot_session_release(jsonb) IS
'Gives leases back, as a worker that shuts down does: the sessions stay active and others may claim them at once.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
Returns the leases given back, in the order of session_id COLLATE "C". What is missing was no longer held.
Locks the rows of bot_sessions; sets expires_at and released_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases.';

COMMENT ON FUNCTION bot_session_maintain() IS
'Trigger function of bot_sessions, BEFORE INSERT OR UPDATE for each row: checks session_id and status (23514 where they are wrong), sets updated_at, and removes the QR code of an inactive session.';

COMMENT ON FUNCTION bot_session_audit() IS
'Trigger function of bot_sessions, AFTER INSERT OR UPDATE OR DELETE for each row: writes what happened to the session to bot_session_events, and releases the lease of one that ended, as the owner of these tables.';

COMMENT ON FUNCTION bot_session_audit_lease() IS
'Trigger function of bot_session_leases, AFTER INSERT OR UPDATE for each row: writes which worker got the lease, gave it back or lost it to bot_session_events, as the owner of that table.';

--
-- A trusted extension is created by a superuser in the name of another role:
-- hand over to that role first, then take back what the superuser's default
-- privileges gave to others.  Whoever needs a function is granted it by the
-- migration, in a grant that dumps contain.
--
-- Neither the owner's nor the schema's name is made part of the script: it
-- would be in a string too, and servers before 15.4 let a name end that.  The
-- objects are found by search_path, as when they were created above.
--
DO $$
DECLARE
	owner pg_catalog.regrole := (SELECT extowner FROM pg_catalog.pg_extension
		WHERE extname OPERATOR(pg_catalog.=) 'botsession');
	grantee pg_catalog.text;
	object pg_catalog.text;
BEGIN
	FOREACH object IN ARRAY ARRAY[
		'TYPE bot_session',
		'TYPE bot_session_lease',
		'FUNCTION bot_session_start(text, text, interval)',
		'FUNCTION bot_session_touch(text, text, text, bigint, interval)',
		'FUNCTION bot_session_end(text, text, bigint)',
		'FUNCTION bot_session_touch_many(jsonb)',
		'FUNCTION bot_session_expire(interval, integer, text)',
		'FUNCTION bot_session_claim(text, integer, interval)',
		'FUNCTION bot_session_renew(jsonb, interval)',
		'FUNCTION bot_session_release(jsonb)',
		'FUNCTION bot_session_maintain()',
		'FUNCTION bot_session_audit()',
		'FUNCTION bot_session_audit_lease()']
	LOOP
		EXECUTE pg_catalog.format('ALTER %s OWNER TO %s', object, owner);
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
