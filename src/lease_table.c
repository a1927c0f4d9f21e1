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
#include "lease_spi.h"
#include "lease_table.h"
#include "owner_switch.h"
#include "session_row.h"

/* One that the session never had, also where the sequence is behind */
#define NEXT_FENCE(drawn) \
	"greatest(" drawn ", l.fence operator(pg_catalog.+) 1)"

/* For lease_lock_held() */
#define LEASE_OR_RUN_OUT	0x01

#define LOCK_FENCED(condition) \
	"select s.session_id from " LEASE_TABLE \
	", rows from (pg_catalog.unnest($1), pg_catalog.unnest($2))" \
	" as given (session_id, fence)" \
	", %1$s." SESSION_TABLE_NAME " s" \
	" where l.session_id operator(pg_catalog.=) given.session_id" \
	" and l.fence operator(pg_catalog.=) given.fence and " condition \
	" and s.session_id operator(pg_catalog.=) l.session_id" \
	" and s.status operator(pg_catalog.=) '" STATUS_ACTIVE "'" \
	LEASE_ORDER("l") " for no key update of l"

/* Since when no worker runs an active session; NULL once it has ended */
#define ABANDONED		"coalesce(l.expires_at, l.released_at)"

/* The rows that a statement changed, in order */
#define CHANGED(statement) \
	"with changed as (" statement " returning " LEASE_COLUMN_LIST ")" \
	" select * from changed" LEASE_ORDER("changed")

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
	lease_spi_execute(call, 0, &plan,
					  "insert into %1$s." LEASE_TABLE_NAME " as l"
					  " (session_id, worker, expires_at)"
					  " values ($1, $2, " LEASE_CLOCK " operator(pg_catalog.+) $3)"
					  " on conflict (session_id) do update"
					  " set worker = excluded.worker, fence = " NEXT_FENCE("excluded.fence") ","
					  " expires_at = " LEASE_CLOCK " operator(pg_catalog.+) $3, released_at = null"
					  " where not ($4 and l.worker operator(pg_catalog.<>) $2 and " LEASE_HELD ")"
					  " is true"
					  " returning " LEASE_COLUMN_LIST,
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
 * Lock those leases that are held with the fence given.  Returns the array of
 * their session_ids, allocated in the current context.  What a fence was
 * compared with cannot change from then on.
 *
 * With flag LEASE_OR_RUN_OUT those that have run out are locked, too: a renewal
 * of theirs may be about to commit, so the statement that follows asks whether
 * they are held.  A renewal does without.  It would wait for the worker that
 * takes one over, and the other leases run out meanwhile.
 *
 * Sessions that row level security hides can be neither renewed nor released.
 */
static Datum
lease_lock_held(SpiCall *call, const LeaseNames *names, int flags)
{
	/* By LEASE_OR_RUN_OUT */
	static KeptPlan plans[2];
	static const char *const statements[] = {
		LOCK_FENCED(LEASE_HELD), LOCK_FENCED("l.expires_at is not null")
	};
	bool		or_run_out = (flags & LEASE_OR_RUN_OUT) != 0;
	Oid			argtypes[] = {TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[] = {
		text_array(names->session_ids, names->n),
		int8_array(names->fences, names->n)
	};
	text	  **held;
	int			n;

	(void) table_lookup(call->schema, LEASE_TABLE_NAME);
	n = spi_call_session_ids(call, &plans[or_run_out], statements[or_run_out],
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
								"select s.session_id from " LEASE_TABLE
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

	(void) lease_spi_lock(call, 0, values[0]);
	lease_commit_synchronously();
	lease_spi_execute(call, 0, &plan,
					  CHANGED("update " LEASE_TABLE " set worker = $2,"
							  " fence = " NEXT_FENCE("pg_catalog.nextval($4)") ","
							  " expires_at = " LEASE_CLOCK " operator(pg_catalog.+) $3,"
							  " released_at = null"
							  " where " LEASE_NAMED
							  " and " ABANDONED " operator(pg_catalog.<=) " LEASE_CLOCK),
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
	Datum		values[] = {lease_lock_held(call, names, 0), IntervalPGetDatum(ttl)};

	lease_commit_synchronously();
	lease_spi_execute(call, 0, &plan,
					  CHANGED("update " LEASE_TABLE
							  " set expires_at = " LEASE_CLOCK " operator(pg_catalog.+) $2"
							  " where " LEASE_NAMED " and " LEASE_HELD),
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
	Datum		values[] = {lease_lock_held(call, names, LEASE_OR_RUN_OUT)};

	lease_spi_execute(call, 0, &plan,
					  CHANGED("update " LEASE_TABLE
							  " set expires_at = null, released_at = " LEASE_CLOCK
							  " where " LEASE_NAMED " and " LEASE_HELD),
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
	SpiCall		call = {.schema = schema};
	Lease	   *leases;
	int			nleases;

	if (!OidIsValid(relid))
		return;
	owner_require(schema, relid);
	if (lease_direct_read(schema, &id, 1, LEASE_AS_OWNER, &leases, &nleases) &&
		nleases == 0)
		return;

	lease_spi_execute(&call, LEASE_AS_OWNER, &plan,
					  "update " LEASE_TABLE
					  " set expires_at = null, released_at = null"
					  " where l.session_id operator(pg_catalog.=) $1"
					  " and " ABANDONED " is not null",
					  lengthof(argtypes), argtypes, values);
	spi_call_end(&call);
}
