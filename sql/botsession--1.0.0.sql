/* sql/botsession--1.0.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION botsession" to load this file, or better run create_bot_sessions.sql, which makes the tables too. \quit

--
-- The tables are not made here: they belong to the user and not to the
-- extension, so that a dump holds their rows, whatever else is done to them.
--

create type bot_session as (
  session_id text,
  created_at timestamptz,
  last_message text,
  status text,
  qr_data text,
  updated_at timestamptz,
  previous_status text,
  fence bigint
);

create type bot_session_lease as (
  session_id text,
  worker text,
  fence bigint,
  expires_at timestamptz
);

comment on type bot_session is
'A session as the functions return it: the row of bot_sessions after the call, previous_status and fence. previous_status is the status before the call, NULL if the call created the session. After bot_session_start, active means that the last run of the bot never ended it. fence is that of the caller''s lease, NULL without a lease.';
comment on type bot_session_lease is
'A lease as the functions return it: worker runs the session until expires_at. fence grows with every new lease of any session. A write with an older fence is rejected.';

create function bot_session_audit()
returns trigger
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_audit() is
'Trigger function of bot_sessions, AFTER INSERT OR UPDATE OR DELETE for each row. Records what happened to the session in bot_session_events, and releases the lease of a session that ended. Runs as the owner of these tables.';

create function bot_session_audit_data()
returns trigger
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_audit_data() is
'Trigger function of bot_session_data, AFTER DELETE for each statement. Records in bot_session_events that a session which is still there has no data any more. Runs as the owner of the tables.';

create function bot_session_audit_lease()
returns trigger
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_audit_lease() is
'Trigger function of bot_session_leases, AFTER INSERT OR UPDATE for each row. Records in bot_session_events which worker got the lease, gave it back or lost it. Runs as the owner of that table.';

create function bot_session_claim(
  worker text,
  max_sessions integer default 10,
  ttl interval default '60 seconds')
returns setof bot_session_lease
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_claim(text, integer, interval) is
'Claims active sessions that no worker runs any more: their lease ran out or was released.

worker: name of the process that will run them.
max_sessions: how many at most, 10 by default.
ttl: how long the leases are good without renewal, 60 seconds by default.
Returns the leases, each with a new fence, in the order of session_id COLLATE "C". The longest abandoned sessions come first. Rows that somebody else has locked are skipped. Two workers never get the same session.
Reads bot_sessions and locks the rows. Sets all columns of bot_session_leases but session_id.
Errors: 22023 worker is empty, or max_sessions or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases; USAGE of the sequence bot_session_fences.';

create function bot_session_end(
  session_id text,
  reason text default null,
  fence bigint default null,
  forget boolean default false)
returns bot_session
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_end(text, text, bigint, boolean) is
'Ends a session: marks it inactive, removes its QR code and releases its lease.

session_id: name of the session.
reason: why, for the audit trail; no secrets.
fence: the fence of the caller''s lease. If given, nothing is written unless that lease is live.
forget: true after a logout for good. Deletes the data of the session too, also of a session that has ended before.
Returns the session as stored. Ending a session that has ended changes nothing, also with the fence that ended it.
Reads all columns of bot_sessions; sets status and qr_data. With a fence, reads bot_session_leases. With forget, deletes from bot_session_data.
Errors: PT404 no such session; PT409 a stale fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of the table; with a fence SELECT of bot_session_leases (above READ COMMITTED also UPDATE); with forget SELECT of session_id and DELETE of bot_session_data.';

create function bot_session_expire(
  idle interval,
  max_sessions integer default 1000,
  reason text default 'expired')
returns setof bot_session
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_expire(interval, integer, text) is
'Ends active sessions that were not updated for a time and have no live lease, the oldest first.

idle: how long, for example interval ''1 hour''.
max_sessions: how many at most, 1000 by default. Call it again while it returns as many.
reason: why, for the audit trail; expired by default.
Returns the sessions that it ended, as stored. Rows that somebody else has locked are skipped.
Reads all columns of bot_sessions; sets status and qr_data.
Errors: 22023 idle or max_sessions is null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of the table. Whether there is a lease is asked as the owner of the tables.';

create function bot_session_forget(session_id text, fence bigint default null, reason text default null)
returns integer
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_forget(text, bigint, text) is
'Deletes all that the bot of a session logs in with. The bot has to be scanned again.

session_id: name of the session.
fence: the fence of the caller''s lease. Without one nothing is deleted while a lease is live. For an inactive session give none, or the fence that ended it.
reason: why, for the audit trail; no secrets.
Returns the number of rows deleted.
Locks the row of bot_sessions.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT and DELETE of bot_session_data. Whether a lease is live is asked as the owner of the tables.';

create function bot_session_lease_allows(session_id text, fence bigint)
returns boolean
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_lease_allows(text, bigint) is
'Says whether the lease of a session lets a caller with that fence go on. Save, load, forget and expire ask it. It reads the leases as the owner of the tables.

session_id: the session, whose row of bot_sessions the caller has locked.
fence: NULL for a caller without one.
Returns, for an active session, whether the fence is that of the live lease, or without a fence, whether no lease is live. For a session that has ended, returns true without a fence and with the fence that ended it.
Locks nothing. It does not see a renewal that is not committed yet: bot_session_lock_leases waits for that.
Errors: 42501 no privilege, or the tables'' owner has changed; 42P01 no table.
Privileges: EXECUTE.';

create function bot_session_load(session_id text, keys jsonb default null, fence bigint default null)
returns json
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_load(text, jsonb, bigint) is
'Loads what the bot of a session logs in with.

session_id: name of the session.
keys: an object of kinds, each an array of keys, or null for the whole kind: {"creds": ["creds"], "session": null}. NULL, the default, loads everything.
fence: the fence of the caller''s lease. Without one nothing is read while a lease is live. For an inactive session give none, or the fence that ended it.
Returns an object of kinds, each an object of keys and values. Missing keys and kinds are left out. A save is seen whole or not at all. Locks and writes nothing.
Errors: PT404 no such session; PT409 a stale fence, or a live lease and no fence; 22004 session_id is null; 22023 it is empty or too long, keys is no such object, a kind has not 1 to 64 bytes or a key not 1 to 512; 42501 no privilege; 25006 read-only transaction or a standby, where an old state would break the login; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows; SELECT of bot_sessions and of session_id, kind, key and value of bot_session_data. Whether a lease is live is asked as the owner of the tables.';

create function bot_session_lock_leases(session_ids text[])
returns integer
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_lock_leases(text[]) is
'Locks the leases of sessions until the end of the transaction, and so waits for renewals that are not committed yet. Save, forget and expire call it. It locks them as the owner of the tables.

session_ids: the sessions, whose rows of bot_sessions the caller has locked.
Returns the number of leases.
Errors: 42501 no privilege, or the tables'' owner has changed; 25006 read-only transaction; 42P01 no table; 40001 above READ COMMITTED if one has changed since the snapshot.
Privileges: EXECUTE.';

create function bot_session_maintain()
returns trigger
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_maintain() is
'Trigger function of bot_sessions, BEFORE INSERT OR UPDATE for each row. Rejects an invalid session_id or status (23514), sets updated_at, and removes the QR code of an inactive session.';

create function bot_session_owner(one regclass, other regclass)
returns oid
language c immutable parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_owner(regclass, regclass) is
'Tells which role owns two tables. Trigger function bot_session_audit of the PL/pgSQL edition asks it.

one: a table.
other: another, or the same.
Returns the role, or NULL if two roles own them, or if the owner may be changing.
Errors: 42501 no privilege.
Privileges: EXECUTE, which the migration grants to nobody.';

create function bot_session_release(fences jsonb)
returns setof bot_session_lease
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_release(jsonb) is
'Gives leases back, for a worker that shuts down. The sessions stay active, and others may claim them at once.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
Returns the leases given back, in the order of session_id COLLATE "C". A lease that is missing was no longer held.
Locks the rows of bot_sessions; sets expires_at and released_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT and UPDATE of bot_sessions and bot_session_leases.';

create function bot_session_renew(fences jsonb, ttl interval default '60 seconds')
returns setof bot_session_lease
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_renew(jsonb, interval) is
'Renews leases that are still held, many in one call.

fences: an object {"bot1": 42, ...}: session_id and the fence that bot_session_start or bot_session_claim returned.
ttl: how long from now, 60 seconds by default.
Returns the renewed leases, in the order of session_id COLLATE "C". A lease that is missing was lost: stop that bot.
Reads bot_sessions; sets expires_at of bot_session_leases.
Errors: 22023 anything but an object of whole numbers, or ttl null or not positive; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT of bot_sessions; SELECT and UPDATE of bot_session_leases.';

create function bot_session_save(session_id text, data jsonb, fence bigint default null)
returns integer
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_save(text, jsonb, bigint) is
'Saves what the bot of a session logs in with, all or nothing, under the caller''s lease.

session_id: name of the session.
data: an object of kinds, each an object of keys and values: {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}. A value is text and kept character for character. null deletes the key; null for a kind deletes the kind. Keys that are not named are kept.
fence: the fence of the caller''s lease. Without one nothing is written while a lease is live.
Returns the number of rows inserted, changed or deleted. Equal values are not written again. A save does not count as activity of the session.
Locks the row of bot_sessions; sets all columns of bot_session_data.
Errors: PT404 no such session; PT409 a stale fence, a live lease and no fence, or the session is inactive; 22004 session_id is null; 22023 it is empty or too long, data is no such object, a kind has not 1 to 64 bytes, a key not 1 to 512, or a value more than 64 MB; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE, also of bot_session_lease_allows and bot_session_lock_leases; SELECT and UPDATE of bot_sessions; SELECT, INSERT and UPDATE of bot_session_data, DELETE if something is deleted. Whether a lease is live is asked as the owner of the tables.';

create function bot_session_save_many(saves jsonb)
returns jsonb
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_save_many(jsonb) is
'Saves for many sessions in one transaction, as bot_session_save does for one.

saves: an array of {"session_id": ..., "data": ..., "fence": ...}; fence is optional.
Returns an array with one answer per element, in input order: {"session_id": ..., "changed": 3}, or {"session_id": ..., "refused": "PT404" or "PT409"} if nothing of that element was written. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_save.';

create function bot_session_start(
  session_id text,
  worker text default null,
  ttl interval default '60 seconds')
returns bot_session
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_start(text, text, interval) is
'Starts a session: creates it if needed, marks it active, and returns it. If it was already active, its QR code is kept.

session_id: name of the session, 1 to 255 characters.
worker: name of the process that runs the bot. If given, it takes the lease of the session, with a new fence.
ttl: how long the lease is good without renewal, 60 seconds by default.
Returns the session as stored. previous_status is NULL for a new session, active for one that the last run never ended, inactive for one that had ended. The last message and the creation time are kept. fence is that of the lease, NULL without a worker.
Reads all columns of bot_sessions; sets session_id and status of a new row, status of an existing one. With a worker, reads and sets all columns of bot_session_leases.
Errors: PT409 another worker holds the lease; 22004 session_id is null; 22023 it is empty or too long, worker is empty, or ttl not positive; 42501 no privilege, or a row that the role may not see is in the way; 25006 read-only transaction; 42P01 no table.
Privileges: EXECUTE; SELECT, INSERT and UPDATE of the table; with a worker those of bot_session_leases too, and USAGE of the sequence bot_session_fences.';

create function bot_session_touch(
  session_id text,
  last_message text default null,
  qr_data text default null,
  fence bigint default null,
  heartbeat_interval interval default null)
returns bot_session
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_touch(text, text, text, bigint, interval) is
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

create function bot_session_touch_many(sessions jsonb)
returns setof bot_session
language c volatile parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_touch_many(jsonb) is
'Touches many sessions in one transaction, as bot_session_touch does one.

sessions: an array of {"session_id": ..., "last_message": ..., "qr_data": ..., "fence": ...}; all but session_id are optional.
Returns one row per element, in input order. An unknown session has its session_id and all else NULL. A QR code for an inactive session is not stored, and its row says inactive. With a stale fence nothing is written, and the fence of its row is NULL. Elements of one session are applied in input order.
Locks the sessions in the order of session_id COLLATE "C", so batches never deadlock with each other.
Reads and sets the columns that bot_session_touch does.
Errors: 22023 anything but an array of such objects; 42501 no privilege; 25006 read-only transaction; 42P01 no table.
Privileges: those of bot_session_touch.';

create function bot_session_version(
  out edition text,
  out version text)
language c stable parallel unsafe
as 'MODULE_PATHNAME';

comment on function bot_session_version() is
'Says which edition runs here, c or plpgsql, and its version.

Returns one row.
Errors: 55000 the library in use is of another version than the extension''s SQL definitions; 42501 no privilege.
Privileges: EXECUTE.';

--
-- A trusted extension is created by a superuser in the name of another role:
-- hand over to that role first, then take back what the superuser's default
-- privileges gave to others.  Whoever needs a function is granted it by the
-- migration, in a grant that dumps contain.
--
-- Neither the owner's nor the schema's name is made part of the script: it
-- would be in a string too, and servers before 15.4 let a name end that.  The
-- objects are those that the script has made so far.
--
do $$
declare
  botsession pg_catalog.oid;
  owner pg_catalog.regrole;
  object pg_catalog.text;
  grantee pg_catalog.text;
begin
  select oid, extowner into botsession, owner
  from pg_catalog.pg_extension
  where extname operator(pg_catalog.=) 'botsession';

  for object in
    select pg_catalog.format('%s %s', o.type, o.identity)
    from pg_catalog.pg_depend d
    cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    where d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
      and d.refobjid operator(pg_catalog.=) botsession
      and d.deptype operator(pg_catalog.=) 'e'
      -- An array type follows its element, and 19 names it here too
      and pg_catalog.right(o.identity, 2) operator(pg_catalog.<>) '[]'
  loop
    execute pg_catalog.format('alter %s owner to %s', object, owner);
    execute pg_catalog.format('revoke all on %s from public', object);
    foreach grantee in array '{anon, authenticated, service_role}'::pg_catalog.text[] loop
      if pg_catalog.to_regrole(grantee) is not null then
        execute pg_catalog.format('revoke all on %s from %I', object, grantee);
      end if;
    end loop;
  end loop;
end
$$;
