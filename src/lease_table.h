/*-------------------------------------------------------------------------
 *
 * lease_table.h
 *		Access to the rows of table bot_session_leases.
 *
 * As for the sessions, in the name of the calling role.
 *
 * Whoever changes a lease, renewal apart, has locked the row of its session
 * before: what is read here under that lock stays true until it is released.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_TABLE_H
#define LEASE_TABLE_H

#include "nodes/execnodes.h"

#include "botsession.h"
#include "session_table.h"

typedef struct Lease
{
	text	   *session_id;		/* first, for session_id_compare() */
	int64		fence;			/* where it was asked for */
	bool		live;			/* held, and not run out */
} Lease;

/* Leases as the caller names them, each with its fence. */
typedef struct LeaseNames
{
	int			n;
	text	  **session_ids;
	Datum	   *fences;
} LeaseNames;

typedef enum LeaseColumn
{
	LEASE_SESSION_ID,
	LEASE_WORKER,
	LEASE_FENCE,
	LEASE_EXPIRES_AT
} LeaseColumn;

#define NUM_LEASE_COLUMNS	(LEASE_EXPIRES_AT + 1)

/* lease_table.c */
extern const ColumnInfo lease_columns[NUM_LEASE_COLUMNS];

extern void lease_columns_check(TupleDesc tupdesc, const char *where);
extern int64 lease_fence(Datum value, bool isnull);

extern int	lease_read(SessionTable *table, text **session_ids, int n,
					   bool with_fences, Lease **leases);
extern const Lease *lease_find(const Lease *leases, int n, text *session_id);
extern void lease_require(SessionTable *table, text *session_id, int64 fence,
						  bool session_active, bool or_ended);
extern bool lease_take(SessionTable *table, text *session_id, text *worker,
					   Interval *ttl, bool session_was_active, int64 *fence);
extern int	lease_lock_abandoned(SessionTable *table, int max_sessions,
								 text ***session_ids);
extern void lease_claim(SessionTable *table, text **session_ids, int n,
						text *worker, Interval *ttl, ReturnSetInfo *results);
extern void lease_renew(SessionTable *table, const LeaseNames *names,
						Interval *ttl, ReturnSetInfo *results);
extern void lease_release(SessionTable *table, const LeaseNames *names,
						  ReturnSetInfo *results);

/* lease_direct.c */
extern bool lease_read_direct(Oid schema, text **session_ids, int n,
							  bool with_fences, bool by_trigger,
							  Lease **leases, int *nleases);

#endif							/* LEASE_TABLE_H */
