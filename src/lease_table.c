/*-------------------------------------------------------------------------
 *
 * lease_table.c
 *		Access to the rows of table bot_session_leases.
 *
 * Each function executes the statement that it stands for, with a plan that
 * is kept.  At READ COMMITTED each has a snapshot of its own, and so sees what
 * the lock on the session's row waited for.
 *
 * A statement that changes several leases locks them first, in the order of
 * their bytes: else it could wait for a renewal that waits for it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "botsession.h"
#include "compat.h"
#include "kept_plan.h"
#include "lease_table.h"
#include "session_access.h"

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

const ColumnInfo lease_columns[NUM_LEASE_COLUMNS] =
{
	[LEASE_SESSION_ID] = {"session_id", TEXTOID},
	[LEASE_WORKER] = {"worker", TEXTOID},
	[LEASE_FENCE] = {"fence", INT8OID},
	[LEASE_EXPIRES_AT] = {"expires_at", TIMESTAMPTZOID},
};

static void execute(SessionTable *table, KeptPlan *kept, const char *sql,
					int nargs, Oid *argtypes, Datum *values);
static void lock_named(SessionTable *table, Datum session_ids);
static Datum lock_held(SessionTable *table, const LeaseNames *names);
static void put_leases(ReturnSetInfo *results);
static Datum int8_array(Datum *numbers, int n);

static void
report_altered(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("%s has been altered", what),
			 errhint("Run the migration create_bot_sessions.sql: it says what is wrong.")));
}

/*
 * Check that columns, or the attributes of the type, are still those that
 * leases are made of.
 */
void
lease_columns_check(TupleDesc tupdesc, const char *where)
{
	bool		same = tupdesc->natts == NUM_LEASE_COLUMNS;

	for (int i = 0; same && i < tupdesc->natts; i++)
		same = TupleDescAttr(tupdesc, i)->atttypid == lease_columns[i].type;
	if (!same)
		report_altered(where);
}

/*
 * The fence of a lease.  Its column is NOT NULL unless that was altered, and
 * there may be nothing behind a value that is NULL.
 */
int64
lease_fence(Datum value, bool isnull)
{
	if (isnull)
		report_altered("table " LEASE_TABLE_NAME);
	return DatumGetInt64(value);
}

/*
 * Read the leases of these sessions, in the order of the bytes of session_id.
 * Who has no use for their fences needs no permission to read them.
 *
 * Above READ COMMITTED the snapshot is older than the lock on the session's
 * row, and a row that changed after it is noticed only by locking it.
 */
int
lease_read(SessionTable *table, text **session_ids, int n, bool with_fences,
		   Lease **leases)
{
	/* By whether they are to be locked, and whether their fences are read */
	static KeptPlan plans[2][2];
	static const char *const statements[2][2] = {
		{READ(LIVE), READ(LIVE ", l.fence")},
		{READ(LIVE) " for share", READ(LIVE ", l.fence") " for share"}
	};
	bool		lock = IsolationUsesXactSnapshot();
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[1];
	TupleDesc	tupdesc;
	int			nleases;

	if (!lock && lease_read_direct(table->schema, session_ids, n, with_fences,
								   false, leases, &nleases))
		return nleases;

	values[0] = text_array(session_ids, n);
	execute(table, &plans[lock][with_fences], statements[lock][with_fences],
			lengthof(argtypes), argtypes, values);

	tupdesc = SPI_tuptable->tupdesc;
	if (SPI_gettypeid(tupdesc, 1) != TEXTOID ||
		SPI_gettypeid(tupdesc, 2) != TIMESTAMPTZOID ||
		(with_fences && SPI_gettypeid(tupdesc, 3) != INT8OID))
		report_altered("table " LEASE_TABLE_NAME);
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
		lease->live = !isnull &&
			DatumGetTimestampTz(value) > GetCurrentTimestamp();
		if (with_fences)
		{
			value = SPI_getbinval(tuple, tupdesc, 3, &isnull);
			lease->fence = lease_fence(value, isnull);
		}
	}
	SPI_freetuptable(SPI_tuptable);
	return nleases;
}

/*
 * Find the lease of a session among those that lease_read() returned.
 */
const Lease *
lease_find(const Lease *leases, int n, text *session_id)
{
	if (n == 0)
		return NULL;
	return bsearch(&session_id, leases, n, sizeof(Lease), session_id_compare);
}

/*
 * Check that a fence is that of the live lease of a session, whose row is
 * locked; or, where the session has ended, that of the lease it ended with.
 */
void
lease_require(SessionTable *table, text *session_id, int64 fence,
			  bool session_active, bool or_ended)
{
	Lease	   *lease;

	if (lease_read(table, &session_id, 1, true, &lease) > 0 &&
		lease->fence == fence &&
		(session_active ? lease->live : or_ended))
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
 * After a crash that lost it the sequence would give the same fence once more,
 * to the next worker, and the writes of the former one would be accepted.
 */
static void
commit_synchronously(void)
{
	ForceSyncCommit();
}

/*
 * Take the lease of a session whose row is locked, with a new fence.  False
 * where another worker's is live; one of a session that was not active counts
 * for nothing.
 */
bool
lease_take(SessionTable *table, text *session_id, text *worker, Interval *ttl,
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
	commit_synchronously();
	execute(table, &plan,
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

	lease_columns_check(SPI_tuptable->tupdesc, "table " LEASE_TABLE_NAME);
	compat_injection_point("botsession-lease-taken");
	taken = SPI_processed > 0;
	if (taken)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc,
										  LEASE_FENCE + 1, &isnull);

		*fence = lease_fence(value, isnull);
	}
	SPI_freetuptable(SPI_tuptable);
	return taken;
}

/*
 * Lock the active sessions that nobody runs any more, the longest abandoned
 * first, skipping those that somebody else holds.
 */
int
lease_lock_abandoned(SessionTable *table, int max_sessions,
					 text ***session_ids)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TIMESTAMPTZOID, INT4OID};
	Datum		values[] = {
		/* A parameter, since no index is searched for clock_timestamp() */
		TimestampTzGetDatum(GetCurrentTimestamp()),
		Int32GetDatum(max_sessions)
	};

	(void) table_lookup(table->schema, LEASE_TABLE_NAME);
	return spi_fetch_session_ids(table, &plan,
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
 * Give a worker those of these sessions, whose rows are locked, that are still
 * abandoned now that they are.
 */
void
lease_claim(SessionTable *table, text **session_ids, int n, text *worker,
			Interval *ttl, ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, TEXTOID, INTERVALOID, REGCLASSOID};
	Datum		values[] = {
		text_array(session_ids, n), PointerGetDatum(worker),
		IntervalPGetDatum(ttl),
		ObjectIdGetDatum(table_lookup(table->schema, FENCE_SEQUENCE_NAME))
	};

	lock_named(table, values[0]);
	commit_synchronously();
	execute(table, &plan,
			CHANGED("update " TABLE " set worker = $2,"
					" fence = " NEXT_FENCE("pg_catalog.nextval($4)") ","
					" expires_at = " CLOCK " operator(pg_catalog.+) $3,"
					" released_at = null"
					" where " NAMED
					" and " ABANDONED " operator(pg_catalog.<=) " CLOCK),
			lengthof(argtypes), argtypes, values);
	put_leases(results);
}

/*
 * Prolong those leases that are held with the fence given.  The one change of
 * a lease that does without the lock on its session: it takes from nobody, and
 * a worker renews while its sessions are busy.
 */
void
lease_renew(SessionTable *table, const LeaseNames *names, Interval *ttl,
			ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, INTERVALOID};
	Datum		values[] = {lock_held(table, names), IntervalPGetDatum(ttl)};

	commit_synchronously();
	execute(table, &plan,
			CHANGED("update " TABLE
					" set expires_at = " CLOCK " operator(pg_catalog.+) $2"
					" where " NAMED " and " HELD),
			lengthof(argtypes), argtypes, values);
	put_leases(results);
}

/*
 * Give back those leases, of sessions whose rows are locked, that are held
 * with the fence given.
 */
void
lease_release(SessionTable *table, const LeaseNames *names,
			  ReturnSetInfo *results)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {lock_held(table, names)};

	execute(table, &plan,
			CHANGED("update " TABLE
					" set expires_at = null, released_at = " CLOCK
					" where " NAMED " and " HELD),
			lengthof(argtypes), argtypes, values);
	put_leases(results);
}

/*
 * Lock the leases of these sessions.
 */
static void
lock_named(SessionTable *table, Datum session_ids)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {session_ids};

	execute(table, &plan,
			"select from " TABLE " where " NAMED IN_ORDER("l")
			" for no key update",
			lengthof(argtypes), argtypes, values);
	SPI_freetuptable(SPI_tuptable);
	compat_injection_point("botsession-named-locked");
}

/*
 * Lock those leases that are held with the fence given, and return their
 * session_ids: what a fence was compared with cannot change from then on.
 *
 * To lock the others as well would be to wait for their new owner, or for
 * bot_session_expire(), which ends what has run out in an order of its own.
 * Sessions that row level security hides are nobody's to renew or to release.
 */
static Datum
lock_held(SessionTable *table, const LeaseNames *names)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[] = {
		text_array(names->session_ids, names->n),
		int8_array(names->fences, names->n)
	};
	text	  **held;
	int			n;

	(void) table_lookup(table->schema, LEASE_TABLE_NAME);
	n = spi_fetch_session_ids(table, &plan,
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

static void
execute(SessionTable *table, KeptPlan *kept, const char *sql,
		int nargs, Oid *argtypes, Datum *values)
{
	(void) table_lookup(table->schema, LEASE_TABLE_NAME);
	spi_execute(table, kept, sql, nargs, argtypes, values, NULL);
}

/*
 * Add the leases that a statement returned to the result of the call.
 */
static void
put_leases(ReturnSetInfo *results)
{
	compat_injection_point("botsession-leases-changed");
	lease_columns_check(SPI_tuptable->tupdesc, "table " LEASE_TABLE_NAME);
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(results->setResult, SPI_tuptable->vals[i]);
	SPI_freetuptable(SPI_tuptable);
}

static Datum
int8_array(Datum *numbers, int n)
{
	return PointerGetDatum(construct_array(numbers, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
