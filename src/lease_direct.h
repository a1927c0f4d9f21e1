/*-------------------------------------------------------------------------
 *
 * lease_direct.h
 *		Reading table bot_session_leases without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_DIRECT_H
#define LEASE_DIRECT_H

#include "lease_row.h"

extern bool lease_direct_read(Oid schema, text **session_ids, int n, int flags,
							  Lease **leases, int *nleases);

#endif							/* LEASE_DIRECT_H */
