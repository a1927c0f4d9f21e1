/*-------------------------------------------------------------------------
 *
 * lease_row.c
 *		What a row of table bot_session_leases is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "lease_row.h"

const ColumnInfo lease_columns[NUM_LEASE_COLUMNS] =
{
	[LEASE_SESSION_ID] = {"session_id", TEXTOID},
	[LEASE_WORKER] = {"worker", TEXTOID},
	[LEASE_FENCE] = {"fence", INT8OID},
	[LEASE_EXPIRES_AT] = {"expires_at", TIMESTAMPTZOID},
};

/*
 * Report that a table, or a type, is not as the migration makes it.
 */
void
lease_report_altered(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("%s has been altered", what),
			 errhint(MIGRATION_HINT)));
}

/*
 * Check that columns, of a result or of the type, are those of a lease.
 */
void
lease_columns_require(TupleDesc tupdesc, const char *where)
{
	bool		same = tupdesc->natts == NUM_LEASE_COLUMNS;

	for (int i = 0; same && i < tupdesc->natts; i++)
		same = TupleDescAttr(tupdesc, i)->atttypid == lease_columns[i].type;
	if (!same)
		lease_report_altered(where);
}

/*
 * Returns the fence of a lease.  The column is NOT NULL unless that was
 * altered.
 */
int64
lease_row_fence(Datum fence, bool isnull)
{
	if (isnull)
		lease_report_altered("table " LEASE_TABLE_NAME);
	return DatumGetInt64(fence);
}

/*
 * Returns true if a lease is held and has not run out.
 */
bool
lease_row_is_live(Datum expires_at, bool isnull)
{
	return !isnull && DatumGetTimestampTz(expires_at) > GetCurrentTimestamp();
}
