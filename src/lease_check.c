/*-------------------------------------------------------------------------
 *
 * lease_check.c
 *		Whether a lease is live, and a fence good.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "lease_check.h"
#include "lease_direct.h"
#include "lease_spi.h"
#include "owner_switch.h"

/*
 * Lock the leases of these sessions, as the owner of the table.  That waits for
 * renewals, which do without the lock on their sessions.  Returns how many
 * leases there are.
 */
int
lease_lock(SpiCall *call, text **session_ids, int n)
{
	return lease_spi_lock(call, LEASE_AS_OWNER, text_array(session_ids, n));
}

/*
 * Read the leases of these sessions, ordered by the bytes of session_id.  They
 * are allocated in the current context.  Returns how many there are.
 *
 * Without flag LEASE_WITH_FENCES this does not require SELECT on column fence.
 *
 * With flag LEASE_AS_OWNER this requires no privilege, and reads what row level
 * security hides from the caller: a session is not free because of that.
 *
 * Above READ COMMITTED the snapshot is older than the lock on the session's
 * row.  Only a lock notices that a lease has changed since, so each is locked;
 * with LEASE_AS_OWNER lease_lock() has to do that.
 */
int
lease_read(SpiCall *call, text **session_ids, int n, int flags,
		   Lease **leases)
{
	int			nleases;

	if (flags & LEASE_AS_OWNER)
		owner_require(call->schema,
					  table_lookup(call->schema, LEASE_TABLE_NAME));
	else if (IsolationUsesXactSnapshot())
		flags |= LEASE_FOR_SHARE;

	if (!(flags & LEASE_FOR_SHARE) &&
		lease_direct_read(call->schema, session_ids, n, flags, leases,
						  &nleases))
		return nleases;
	return lease_spi_read(call, session_ids, n, flags, leases);
}

/*
 * Returns the lease of a session among those that lease_read() has read, or
 * NULL.
 */
const Lease *
lease_find(const Lease *leases, int n, text *session_id)
{
	if (n == 0)
		return NULL;
	return bsearch(&session_id, leases, n, sizeof(Lease), session_id_compare);
}

/*
 * Report that a fence, or NULL for none, does not let the caller go on.
 */
void
lease_report_refused(text *session_id, const int64 *fence)
{
	if (fence)
		ereport(ERROR,
				(errcode(ERRCODE_SESSION_CONFLICT),
				 errmsg("fence is stale"),
				 errdetail("The lease of session \"%s\" is no longer held with that fence; nothing was written.",
						   text_to_cstring(session_id)),
				 errhint("Another worker may run the bot: stop it here, and start or claim its session to run it again.")));
	ereport(ERROR,
			(errcode(ERRCODE_SESSION_CONFLICT),
			 errmsg("a worker holds the lease of the session"),
			 errdetail("Session \"%s\" is run by a worker, and no fence was given; nothing was read or written.",
					   text_to_cstring(session_id)),
			 errhint("Pass the fence that bot_session_start or bot_session_claim returned.")));
}

/*
 * Check that a fence is that of the live lease of an active session.  With
 * flag LEASE_OR_ENDED a session that has ended passes, too, with the fence of
 * the lease that it ended with.  The row of the session is locked.
 */
void
lease_require(SpiCall *call, text *session_id, int64 fence,
			  const SessionRow *session, int flags)
{
	Lease	   *lease;

	if (lease_read(call, &session_id, 1, LEASE_WITH_FENCES, &lease) > 0 &&
		lease->fence == fence &&
		(session_is_active(session) ? lease->live : flags & LEASE_OR_ENDED))
		return;

	lease_report_refused(session_id, &fence);
}

/*
 * Returns true if a session has ended.  This acts as the owner, too.
 */
static bool
lease_session_has_ended(SpiCall *call, text *session_id)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	bool		ended;

	lease_spi_execute(call, LEASE_AS_OWNER, &plan,
					  "select from %1$s." SESSION_TABLE_NAME " s"
					  " where s.session_id operator(pg_catalog.=) $1"
					  " and s.status operator(pg_catalog.=) '" STATUS_INACTIVE "'",
					  lengthof(argtypes), argtypes, values);
	ended = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return ended;
}

/*
 * Returns true if the lease of a session lets a caller with that fence, or NULL
 * for none, go on.  A live lease lets nobody else go on while the session is
 * active, and a fence is good only if it is that of the live lease.  No lease
 * counts once the session has ended, and the fence that ended it is good.
 */
bool
lease_allows(SpiCall *call, text *session_id, const int64 *fence)
{
	Lease	   *lease;
	bool		found = lease_read(call, &session_id, 1,
								   LEASE_WITH_FENCES | LEASE_AS_OWNER,
								   &lease) > 0;

	if (fence == NULL)
	{
		if (!found || !lease->live)
			return true;
	}
	else if (!found || lease->fence != *fence)
		return false;
	else if (lease->live)
		return true;
	return lease_session_has_ended(call, session_id);
}

/*
 * The same, for a session whose row the caller has found.
 *
 * With flag LEASE_SESSION_LOCKED the row is locked, so the lease can change no
 * more, but for a renewal: a lease that has run out may be about to be renewed,
 * which is waited for.  Above READ COMMITTED it may also have changed since the
 * snapshot, and only a lock notices that.
 */
bool
lease_lets_go_on(SpiCall *call, text *session_id, const int64 *fence,
				 const SessionRow *session, int flags)
{
	bool		active = session_is_active(session);
	bool		lock = (flags & LEASE_SESSION_LOCKED) && IsolationUsesXactSnapshot();
	Lease	   *lease;
	bool		found;

	for (;;)
	{
		if (lock)
			(void) lease_lock(call, &session_id, 1);
		found = lease_read(call, &session_id, 1,
						   LEASE_WITH_FENCES | LEASE_AS_OWNER, &lease) > 0;
		if (lock || !(flags & LEASE_SESSION_LOCKED) ||
			fence != NULL || !active || !found || lease->live)
			break;
		lock = true;
	}

	if (fence == NULL)
		return !(active && found && lease->live);
	return found && lease->fence == *fence && (lease->live || !active);
}
