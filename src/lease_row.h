/*-------------------------------------------------------------------------
 *
 * lease_row.h
 *		What a row of table bot_session_leases is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_ROW_H
#define LEASE_ROW_H

#include "compat.h"
#include "schema.h"

/* Our columns of the table that are also those of type bot_session_lease. */
typedef enum LeaseColumn
{
	LEASE_SESSION_ID,
	LEASE_WORKER,
	LEASE_FENCE,
	LEASE_EXPIRES_AT
} LeaseColumn;

#define NUM_LEASE_COLUMNS	(LEASE_EXPIRES_AT + 1)

/* What a call needs to know of a lease. */
typedef struct Lease
{
	text	   *session_id;		/* first, for session_id_compare() */
	int64		fence;			/* set if read with LEASE_WITH_FENCES */
	bool		live;			/* held, and not run out */
} Lease;

/* How leases are read, as bits. */
#define LEASE_WITH_FENCES	0x01	/* requires SELECT on column fence */
#define LEASE_AS_OWNER		0x02	/* without checks of privileges */
#define LEASE_FOR_SHARE		0x04	/* locked, by a statement */

extern const ColumnInfo lease_columns[NUM_LEASE_COLUMNS];

extern void lease_columns_require(TupleDesc tupdesc, const char *where);
extern int64 lease_row_fence(Datum fence, bool isnull);
extern bool lease_row_is_live(Datum expires_at, bool isnull);
pg_noreturn extern void lease_report_altered(const char *what);

#endif							/* LEASE_ROW_H */
