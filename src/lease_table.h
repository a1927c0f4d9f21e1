/*-------------------------------------------------------------------------
 *
 * lease_table.h
 *		Access to the rows of table bot_session_leases.
 *
 * All but lease_end() act in the name of the calling role.  The caller of a
 * function that changes a lease, except lease_renew(), has locked the row of
 * its session before.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_TABLE_H
#define LEASE_TABLE_H

#include "nodes/execnodes.h"
#include "utils/timestamp.h"

#include "kept_plan.h"

/* Leases as the caller names them, each with its fence. */
typedef struct LeaseNames
{
	int			n;
	text	  **session_ids;
	Datum	   *fences;
} LeaseNames;

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
