/*-------------------------------------------------------------------------
 *
 * lease_table.h
 *		Access to the rows of table bot_session_leases.
 *
 * All act in the name of the calling role, but for lease_end(), lease_lock(),
 * lease_allows() and a lease_read() that is told not to.  The caller of a
 * function that changes a lease, except lease_renew(), has locked the row of
 * its session before.  What is read here under that lock stays true until the
 * lock is released.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_TABLE_H
#define LEASE_TABLE_H

#include "nodes/execnodes.h"
#include "utils/timestamp.h"

#include "kept_plan.h"
#include "lease_row.h"
#include "session_row.h"

/* Leases as the caller names them, each with its fence. */
typedef struct LeaseNames
{
	int			n;
	text	  **session_ids;
	Datum	   *fences;
} LeaseNames;

/* For lease_require() */
#define LEASE_OR_ENDED		0x01

extern int	lease_read(SpiCall *call, text **session_ids, int n, int flags,
					   Lease **leases);
extern int	lease_lock(SpiCall *call, text **session_ids, int n);
extern bool lease_allows(SpiCall *call, text *session_id, const int64 *fence);
extern const Lease *lease_find(const Lease *leases, int n, text *session_id);
extern void lease_require(SpiCall *call, text *session_id, int64 fence,
						  const SessionRow *session, int flags);
extern bool lease_take(SpiCall *call, text *session_id, text *worker,
					   Interval *ttl, bool session_was_active, int64 *fence);
extern int	lease_lock_abandoned(SpiCall *call, int max_sessions,
								 text ***session_ids);
extern void lease_claim(SpiCall *call, text **session_ids, int n,
						text *worker, Interval *ttl, ReturnSetInfo *results);
extern void lease_renew(SpiCall *call, const LeaseNames *names,
						Interval *ttl, ReturnSetInfo *results);
extern void lease_release(SpiCall *call, const LeaseNames *names,
						  ReturnSetInfo *results);
extern void lease_end(Oid schema, const char *session_id);

#endif							/* LEASE_TABLE_H */
