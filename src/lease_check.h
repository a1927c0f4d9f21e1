/*-------------------------------------------------------------------------
 *
 * lease_check.h
 *		Whether a lease is live, and a fence good.
 *
 * The caller has locked the row of the session before.  What is read here
 * under that lock stays true until the lock is released.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_CHECK_H
#define LEASE_CHECK_H

#include "compat.h"
#include "kept_plan.h"
#include "lease_row.h"
#include "session_row.h"

/* For lease_require() */
#define LEASE_OR_ENDED		0x08

/* For lease_lets_go_on(): the row of the session is locked */
#define LEASE_SESSION_LOCKED	0x10

extern int	lease_read(SpiCall *call, text **session_ids, int n, int flags,
					   Lease **leases);
extern int	lease_lock(SpiCall *call, text **session_ids, int n);
extern bool lease_allows(SpiCall *call, text *session_id, const int64 *fence);
extern bool lease_lets_go_on(SpiCall *call, text *session_id,
							 const int64 *fence, const SessionRow *session,
							 int flags);
pg_noreturn extern void lease_report_refused(text *session_id, const int64 *fence);
extern const Lease *lease_find(const Lease *leases, int n, text *session_id);
extern void lease_require(SpiCall *call, text *session_id, int64 fence,
						  const SessionRow *session, int flags);

#endif							/* LEASE_CHECK_H */
