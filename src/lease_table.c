/*-------------------------------------------------------------------------
 *
 * lease_table.c
 *		Access to the rows of table bot_session_leases.
 *
 * Each function executes the statement that it stands for, with a plan that
 * is kept.  At READ COMMITTED each has a snapshot of its own, and so sees what
 * the lock on the session's row waited for.
 *
 * A statement that changes several leases locks them first, ordered by the
 * bytes of session_id.  Otherwise it could wait for a renewal that waits for
 * it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "botsession.h"
#include "compat.h"
#include "kept_plan.h"
#include "lease_direct.h"
#include "lease_table.h"
#include "owner_switch.h"
#include "session_row.h"

/* In all statements %1$s stands for the schema; operators are qualified */
#define TABLE			"%1$s." LEASE_TABLE_NAME " l"
#define COLUMN_LIST		"l.session_id, l.worker, l.fence, l.expires_at"
#define NAMED			"l.session_id operator(pg_catalog.=) any ($1)"
#define CLOCK			"pg_catalog.clock_timestamp()"
#define HELD			"l.expires_at operator(pg_catalog.>) " CLOCK
#define IN_ORDER(table)	" order by " table ".session_id collate pg_catalog.\"C\""
#define LIVE			"l.session_id, l.expires_at"

/* One that the session never had, also where the sequence is behind */
#define NEXT_FENCE(drawn) \
	"greatest(" drawn ", l.fence operator(pg_catalog.+) 1)"

#define READ(columns) \
	"select " columns " from " TABLE " where " NAMED IN_ORDER("l")

/* Since when nobody runs an active session; NULL once it has ended */
#define ABANDONED		"coalesce(l.expires_at, l.released_at)"

/* The rows that a statement changed, in order */
#define CHANGED(statement) \
	"with changed as (" statement " returning " COLUMN_LIST ")" \
	" select * from changed" IN_ORDER("changed")

static void
lease_execute(SpiCall *call, KeptPlan *kept, const char *sql,
			  int nargs, Oid *argtypes, Datum *values)
{
	(void) table_lookup(call->schema, LEASE_TABLE_NAME);
	spi_call_execute(call, kept, sql, nargs, argtypes, values, NULL);
}

/*
 * Read the leases of these sessions, ordered by the bytes of session_id.  They
 * are allocated in the current context.  Returns how many there are.
 *
 * Without flag LEASE_WITH_FENCES this does not require SELECT on column fence.
 *
 * With flag LEASE_AS_OWNER this requires no privilege, and reads what row level
 * security hides from the caller: a session is not free because of that.
 *
 * Above READ COMMITTED the snapshot is older than the lock on the session's
 * row.  Only a lock notices that a lease has changed since, so each is locked;
 * with LEASE_AS_OWNER lease_lock() has to do that.
 */
int
lease_read(SpiCall *call, text **session_ids, int n, int flags,
		   Lease **leases)
{
	/* The first index is lock, the second with_fences */
	static KeptPlan plans[2][2];
	static const char *const statements[2][2] = {
		{READ(LIVE), READ(LIVE ", l.fence")},
		{READ(LIVE) " for share", READ(LIVE ", l.fence") " for share"}
	};
	bool		as_owner = (flags & LEASE_AS_OWNER) != 0;
	bool		lock = IsolationUsesXactSnapshot() && !as_owner;
	bool		with_fences = (flags & LEASE_WITH_FENCES) != 0;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[1];
	TupleDesc	tupdesc;
	Oid			relid = InvalidOid;
	OwnerSwitch caller;
	int			nleases;

	if (as_owner)
	{
		relid = table_lookup(call->schema, LEASE_TABLE_NAME);
		owner_require(call->schema, relid);
	}
	if (!lock && lease_direct_read(call->schema, session_ids, n, flags,
								   leases, &nleases))
		return nleases;

	values[0] = text_array(session_ids, n);
	if (as_owner)
		owner_switch(&caller, call->schema, relid);
	lease_execute(call, &plans[lock][with_fences], statements[lock][with_fences],
				  lengthof(argtypes), argtypes, values);
	if (as_owner)
		owner_switch_back(&caller);

	tupdesc = SPI_tuptable->tupdesc;
	if (SPI_gettypeid(tupdesc, 1) != TEXTOID ||
		SPI_gettypeid(tupdesc, 2) != TIMESTAMPTZOID ||
		(with_fences && SPI_gettypeid(tupdesc, 3) != INT8OID))
		lease_report_altered("table " LEASE_TABLE_NAME);
	nleases = (int) SPI_processed;
	*leases = palloc_array(Lease, nleases);
	for (int i = 0; i < nleases; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		Lease	   *lease = &(*leases)[i];
		bool		isnull;
		Datum		value;

		lease->session_id =
			DatumGetTextPCopy(SPI_getbinval(tuple, tupdesc, 1, &isnull));
		value = SPI_getbinval(tuple, tupdesc, 2, &isnull);
		lease->live = lease_row_is_live(value, isnull);
		if (with_fences)
		{
			value = SPI_getbinval(tuple, tupdesc, 3, &isnull);
			lease->fence = lease_row_fence(value, isnull);
		}
	}
	SPI_freetuptable(SPI_tuptable);
	return nleases;
}

/*
 * Returns the lease of a session among those that lease_read() has read, or
 * NULL.
 */
const Lease *
lease_find(const Lease *leases, int n, text *session_id)
{
	if (n == 0)
		return NULL;
	return bsearch(&session_id, leases, n, sizeof(Lease), session_id_compare);
}

/*
 * Check that a fence is that of the live lease of an active session.  With
 * flag LEASE_OR_ENDED a session that has ended passes, too, with the fence of
 * the lease that it ended with.  The row of the session is locked.
 */
void
lease_require(SpiCall *call, text *session_id, int64 fence,
			  const SessionRow *session, int flags)
{
	Lease	   *lease;

	if (lease_read(call, &session_id, 1, LEASE_WITH_FENCES, &lease) > 0 &&
		lease->fence == fence &&
		(session_is_active(session) ? lease->live : flags & LEASE_OR_ENDED))
		return;

	ereport(ERROR,
			(errcode(ERRCODE_SESSION_CONFLICT),
			 errmsg("fence is stale"),
			 errdetail("The lease of session \"%s\" is no longer held with that fence; nothing was written.",
					   text_to_cstring(session_id)),
			 errhint("Another worker may run the bot: stop it here, and start or claim its session to run it again.")));
}

/*
 * Commit this transaction synchronously, whatever synchronous_commit says.
 * After a crash that lost it the sequence would give the same fence to the
 * next worker, and the writes of the former one would be accepted.
 */
static void
lease_commit_synchronously(void)
{
	ForceSyncCommit();
}

/*
 * Take the lease of a session, with a new fence.  Returns false if another
 * worker's is live; one of a session that was not active counts for nothing.
 * The row of the session is locked, or new.
 */
bool
lease_take(SpiCall *call, text *session_id, text *worker, Interval *ttl,
		   bool session_was_active, int64 *fence)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID, TEXTOID, INTERVALOID, BOOLOID};
	Datum		values[] = {
		PointerGetDatum(session_id), PointerGetDatum(worker),
		IntervalPGetDatum(ttl), BoolGetDatum(session_was_active)
	};
	bool		taken;

	compat_injection_point("botsession-lease-take");
	lease_commit_synchronously();
	lease_execute(call, &plan,
				  "insert into %1$s." LEASE_TABLE_NAME " as l"
				  " (session_id, worker, expires_at)"
				  " values ($1, $2, " CLOCK " operator(pg_catalog.+) $3)"
				  " on conflict (session_id) do update"
				  " set worker = excluded.worker, fence = " NEXT_FENCE("excluded.fence") ","
				  " expires_at = " CLOCK " operator(pg_catalog.+) $3, released_at = null"
				  " where not ($4 and l.worker operator(pg_catalog.<>) $2 and " HELD ")"
				  " is true"
				  " returning " COLUMN_LIST,
				  lengthof(argtypes), argtypes, values);

	lease_columns_require(SPI_tuptable->tupdesc, "table " LEASE_TABLE_NAME);
	compat_injection_point("botsession-lease-taken");
	taken = SPI_processed > 0;
	if (taken)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc,
										  LEASE_FENCE + 1, &isnull);

		*fence = lease_row_fence(value, isnull);
	}
	SPI_freetuptable(SPI_tuptable);
	return taken;
}

static Datum
int8_array(Datum *numbers, int n)
{
	return PointerGetDatum(construct_array(numbers, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * Lock the leases of these sessions.  Returns how many there are.
 */
static int
lease_lock_named(SpiCall *call, Datum session_ids)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {session_ids};
	int			nlocked;

	lease_execute(call, &plan,
				  "select from " TABLE " where " NAMED IN_ORDER("l")
				  " for no key update",
				  lengthof(argtypes), argtypes, values);
	nlocked = (int) SPI_processed;
	SPI_freetuptable(SPI_tuptable);
	compat_injection_point("botsession-named-locked");
	return nlocked;
}

/*
 * Lock the leases of these sessions, as the owner of the table.  That waits for
 * renewals, which do without the lock on their sessions.  Returns how many
 * leases there are.
 */
int
lease_lock(SpiCall *call, text **session_ids, int n)
{
	OwnerSwitch caller;
	int			nlocked;

	owner_switch(&caller, call->schema,
				 table_lookup(call->schema, LEASE_TABLE_NAME));
	nlocked = lease_lock_named(call, text_array(session_ids, n));
	owner_switch_back(&caller);
	return nlocked;
}

/*
 * Returns true if a session has ended.  This acts as the owner, too.
 */
static bool
session_has_ended(SpiCall *call, text *session_id)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	OwnerSwitch caller;
	bool		ended;

	owner_switch(&caller, call->schema,
				 table_lookup(call->schema, LEASE_TABLE_NAME));
	spi_call_execute(call, &plan,
					 "select from %1$s." SESSION_TABLE_NAME " s"
					 " where s.session_id operator(pg_catalog.=) $1"
					 " and s.status operator(pg_catalog.=) '" STATUS_INACTIVE "'",
					 lengthof(argtypes), argtypes, values, NULL);
	ended = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	owner_switch_back(&caller);
	return ended;
}

/*
 * Returns true if the lease of a session lets a caller with that fence, or NULL
 * for none, go on.  A live lease lets nobody else go on while the session is
 * active, and a fence is good only if it is that of the live lease.  No lease
 * counts once the session has ended, and the fence that ended it is good.
 */
bool
lease_allows(SpiCall *call, text *session_id, const int64 *fence)
{
	Lease	   *lease;
	bool		found = lease_read(call, &session_id, 1,
								   LEASE_WITH_FENCES | LEASE_AS_OWNER,
								   &lease) > 0;

	if (fence == NULL)
	{
		if (!found || !lease->live)
			return true;
	}
	else if (!found || lease->fence != *fence)
		return false;
	else if (lease->live)
		return true;
	return session_has_ended(call, session_id);
}

/*
 * Lock those leases that are held with the fence given.  Returns the array of
 * their session_ids, allocated in the current context.  What a fence was
 * compared with cannot change from then on.
 *
 * The other leases are not locked: that would wait for their new worker, or
 * for bot_session_expire(), which ends what has run out in an order of its own.
 * Sessions that row level security hides can be neither renewed nor released.
 */
static Datum
lease_lock_held(SpiCall *call, const LeaseNames *names)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[] = {
		text_array(names->session_ids, names->n),
		int8_array(names->fences, names->n)
	};
	text	  **held;
	int			n;

	(void) table_lookup(call->schema, LEASE_TABLE_NAME);
	n = spi_call_session_ids(call, &plan,
							 "select s.session_id from " TABLE
							 ", rows from (pg_catalog.unnest($1), pg_catalog.unnest($2))"
							 " as given (session_id, fence)"
							 ", %1$s." SESSION_TABLE_NAME " s"
							 " where l.session_id operator(pg_catalog.=) given.session_id"
							 " and l.fence operator(pg_catalog.=) given.fence and " HELD
							 " and s.session_id operator(pg_catalog.=) l.session_id"
							 " and s.status operator(pg_catalog.=) '" STATUS_ACTIVE "'"
							 IN_ORDER("l") " for no key update of l",
							 lengthof(argtypes), argtypes, values, &held);
	compat_injection_point("botsession-held-locked");
	return text_array(held, n);
}

/*
 * Add the leases that a statement returned to the result of the call.
 */
static void
lease_results_put(ReturnSetInfo *results)
{
	compat_injection_point("botsession-leases-changed");
	lease_columns_require(SPI_tuptable->tupdesc, "table " LEASE_TABLE_NAME);
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(results->setResult, SPI_tuptable->vals[i]);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * Lock the active sessions that no worker runs any more, the longest abandoned
 * first.  Sessions that another transaction holds are skipped.  Their ids are
 * allocated in the current context.  Returns how many there are.
 */
int
lease_lock_abandoned(SpiCall *call, int max_sessions,
					 text ***session_ids)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TIMESTAMPTZOID, INT4OID};
	Datum		values[] = {
		/* A parameter, since no index is searched for clock_timestamp() */
		TimestampTzGetDatum(GetCurrentTimestamp()),
		Int32GetDatum(max_sessions)
	};

	(void) table_lookup(call->schema, LEASE_TABLE_NAME);
	return spi_call_session_ids(call, &plan,
								"select s.session_id from " TABLE
								" join %1$s." SESSION_TABLE_NAME " s"
								" on s.session_id operator(pg_catalog.=) l.session_id"
								" where " ABANDONED " operator(pg_catalog.<=) $1"
								" and s.status operator(pg_catalog.=) '" STATUS_ACTIVE "'"
								" order by " ABANDONED ", s.session_id collate pg_catalog.\"C\""
								" limit $2 for no key update of s skip locked",
								lengthof(argtypes), argtypes, values, session_ids);
}

/*
 * Give a worker those of these sessions that are still abandoned now that
 * their rows are locked.
 */
void
lease_claim(SpiCall *call, text **session_ids, int n, text *worker,
			Interval *ttl, ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, TEXTOID, INTERVALOID, REGCLASSOID};
	Datum		values[] = {
		text_array(session_ids, n), PointerGetDatum(worker),
		IntervalPGetDatum(ttl),
		ObjectIdGetDatum(table_lookup(call->schema, FENCE_SEQUENCE_NAME))
	};

	(void) lease_lock_named(call, values[0]);
	lease_commit_synchronously();
	lease_execute(call, &plan,
				  CHANGED("update " TABLE " set worker = $2,"
						  " fence = " NEXT_FENCE("pg_catalog.nextval($4)") ","
						  " expires_at = " CLOCK " operator(pg_catalog.+) $3,"
						  " released_at = null"
						  " where " NAMED
						  " and " ABANDONED " operator(pg_catalog.<=) " CLOCK),
				  lengthof(argtypes), argtypes, values);
	lease_results_put(results);
}

/*
 * Prolong those leases that are held with the fence given.  This is the one
 * change of a lease without the lock on its session: it takes a lease from
 * nobody, and a worker renews while its sessions are busy.
 */
void
lease_renew(SpiCall *call, const LeaseNames *names, Interval *ttl,
			ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, INTERVALOID};
	Datum		values[] = {lease_lock_held(call, names), IntervalPGetDatum(ttl)};

	lease_commit_synchronously();
	lease_execute(call, &plan,
				  CHANGED("update " TABLE
						  " set expires_at = " CLOCK " operator(pg_catalog.+) $2"
						  " where " NAMED " and " HELD),
				  lengthof(argtypes), argtypes, values);
	lease_results_put(results);
}

/*
 * Give back those leases that are held with the fence given.  The rows of
 * their sessions are locked.
 */
void
lease_release(SpiCall *call, const LeaseNames *names,
			  ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {lease_lock_held(call, names)};

	lease_execute(call, &plan,
				  CHANGED("update " TABLE
						  " set expires_at = null, released_at = " CLOCK
						  " where " NAMED " and " HELD),
				  lengthof(argtypes), argtypes, values);
	lease_results_put(results);
}

/*
 * End the lease of a session that has become inactive.  This acts as the
 * owner, since the role that ends a session needs no privilege on leases.
 * Without a table of leases there are no workers.
 */
void
lease_end(Oid schema, const char *session_id)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID};
	text	   *id = cstring_to_text(session_id);
	Datum		values[] = {PointerGetDatum(id)};
	Oid			relid = get_relname_relid(LEASE_TABLE_NAME, schema);
	Lease	   *leases;
	int			nleases;

	if (!OidIsValid(relid))
		return;
	owner_require(schema, relid);
	if (lease_direct_read(schema, &id, 1, LEASE_AS_OWNER, &leases, &nleases) &&
		nleases == 0)
		return;

	kept_plan_execute_as_owner(&plan, schema, relid,
							   "update %1$s." LEASE_TABLE_NAME
							   " set expires_at = null, released_at = null"
							   " where session_id operator(pg_catalog.=) $1"
							   " and coalesce(expires_at, released_at) is not null",
							   lengthof(argtypes), argtypes, values, NULL);
}
