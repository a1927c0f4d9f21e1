/*-------------------------------------------------------------------------
 *
 * lease_spi.c
 *		Statements on table bot_session_leases.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "compat.h"
#include "lease_spi.h"

/*
 * Execute a statement; of the flags this takes LEASE_AS_OWNER.
 */
void
lease_spi_execute(SpiCall *call, int flags, KeptPlan *kept, const char *sql,
				  int nargs, Oid *argtypes, Datum *values)
{
	Oid			relid = table_lookup(call->schema, LEASE_TABLE_NAME);

	if (flags & LEASE_AS_OWNER)
		spi_call_execute_as_owner(call, relid, kept, sql, nargs, argtypes,
								  values, NULL);
	else
		spi_call_execute(call, kept, sql, nargs, argtypes, values, NULL);
}

#define LIVE			"l.session_id, l.expires_at"
#define READ(columns) \
	"select " columns " from " LEASE_TABLE " where " LEASE_NAMED LEASE_ORDER("l")

/*
 * Read the leases of these sessions, ordered by the bytes of session_id.  They
 * are allocated in the current context.  Returns how many there are.
 */
int
lease_spi_read(SpiCall *call, text **session_ids, int n, int flags,
			   Lease **leases)
{
	/* The first index is lock, the second with_fences */
	static KeptPlan plans[2][2];
	static const char *const statements[2][2] = {
		{READ(LIVE), READ(LIVE ", l.fence")},
		{READ(LIVE) " for share", READ(LIVE ", l.fence") " for share"}
	};
	bool		lock = (flags & LEASE_FOR_SHARE) != 0;
	bool		with_fences = (flags & LEASE_WITH_FENCES) != 0;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {text_array(session_ids, n)};
	TupleDesc	tupdesc;
	int			nleases;

	lease_spi_execute(call, flags, &plans[lock][with_fences],
					  statements[lock][with_fences],
					  lengthof(argtypes), argtypes, values);

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
 * Lock the leases of these sessions.  Returns how many there are.
 */
int
lease_spi_lock(SpiCall *call, int flags, Datum session_ids)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {session_ids};
	int			nlocked;

	lease_spi_execute(call, flags, &plan,
					  "select from " LEASE_TABLE " where " LEASE_NAMED
					  LEASE_ORDER("l") " for no key update",
					  lengthof(argtypes), argtypes, values);
	nlocked = (int) SPI_processed;
	SPI_freetuptable(SPI_tuptable);
	compat_injection_point("botsession-named-locked");
	return nlocked;
}
