/*-------------------------------------------------------------------------
 *
 * end.c
 *		bot_session_end and bot_session_expire: sessions become inactive.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "compat.h"
#include "lease_table.h"
#include "session_result.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_end);
PG_FUNCTION_INFO_V1(bot_session_expire);

/*
 * Nothing is to be done where it has ended already, unless a QR code was left
 * behind while the trigger was disabled.
 */
static bool
has_ended(const SessionRow *row)
{
	return !session_is_active(row) && row->isnull[COLUMN_QR_DATA];
}

/*
 * End a session that was found.  False, with nothing done, where it has changed
 * since.
 */
static bool
end_session(SessionTable *table, const char *operation, text *session_id,
			text *reason, const SessionRow *before, SessionRow *row)
{
	SessionChanges changes = {0};
	int			nestlevel;
	bool		updated;

	*row = *before;
	if (has_ended(before))
		return true;

	session_set(&changes, COLUMN_STATUS,
				CStringGetTextDatum(STATUS_INACTIVE));
	session_set_null(&changes, COLUMN_QR_DATA);
	nestlevel = audit_begin(operation, session_name(before), reason);
	updated = session_update(table, session_id, &changes, row);
	audit_end(nestlevel);
	return updated;
}

/*
 * bot_session_end(session_id text, reason text, fence bigint)
 *		returns bot_session
 *
 * The lease is released by the audit trigger, whoever ends the session.  To
 * end it again with the fence that ended it is no conflict: the first answer
 * may have got lost.
 */
Datum
bot_session_end(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	text	   *reason = get_text_or_null(fcinfo, 1);
	int64		fence = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2);
	int64	   *given_fence = PG_ARGISNULL(2) ? NULL : &fence;
	SessionTable table;
	SessionRow	before;
	SessionRow	row;
	Datum		result;

	session_table_open(&table, fcinfo, "bot_session_end()", RowExclusiveLock);
	/* A lease is looked up, and nothing left to do, only under the lock */
	for (bool lock = given_fence != NULL;; lock = true)
	{
		session_find_existing(&table, session_id, lock, &before);
		if (given_fence)
			lease_require(&table, session_id, fence,
						  session_is_active(&before), true);
		if (!lock && has_ended(&before))
			continue;
		if (end_session(&table, "bot_session_end", session_id, reason, &before,
						&row))
			break;
	}
	result = session_result(fcinfo, &row, &before, given_fence);
	session_table_close(&table);

	return result;
}

/*
 * bot_session_expire(idle interval, max_sessions integer, reason text)
 *		returns setof bot_session
 */
Datum
bot_session_expire(PG_FUNCTION_ARGS)
{
	Interval   *idle = get_positive_interval(fcinfo, 0, "idle");
	int			max_sessions = get_positive_int32(fcinfo, 1, "max_sessions");
	text	   *reason = get_text_or_null(fcinfo, 2);
	ReturnSetInfo *results = session_results_begin(fcinfo);
	SessionTable table;
	MemoryContext each_context;
	MemoryContext oldcontext;
	TimestampTz idle_since;
	text	  **session_ids;
	int			n;
	Lease	   *leases = NULL;
	int			nleases;

	idle_since =
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
												TimestampTzGetDatum(GetCurrentTimestamp()),
												IntervalPGetDatum(idle)));

	session_table_open(&table, fcinfo, "bot_session_expire()",
					   RowExclusiveLock);
	n = session_lock_idle(&table, idle_since, max_sessions, &session_ids);
	compat_injection_point("botsession-idle-locked");

	/* Once more under the lock: a worker may have claimed one before it */
	nleases = n > 0 ? lease_read(&table, session_ids, n, false, &leases) : 0;

	each_context = AllocSetContextCreate(CurrentMemoryContext,
										 "bot_session_expire",
										 ALLOCSET_DEFAULT_SIZES);
	oldcontext = MemoryContextSwitchTo(each_context);
	for (int i = 0; i < n; i++)
	{
		const Lease *lease = lease_find(leases, nleases, session_ids[i]);
		SessionRow	before;
		SessionRow	row;

		MemoryContextReset(each_context);
		if (lease && lease->live)
			continue;
		if (!session_find(&table, session_ids[i], true, &before))
			continue;			/* a trigger deleted it meanwhile */
		end_session(&table, "bot_session_expire", session_ids[i], reason,
					&before, &row);
		session_results_put(results, &row, &before, NULL);
		compat_injection_point("botsession-session-expired");
	}
	MemoryContextSwitchTo(oldcontext);
	session_table_close(&table);

	return (Datum) 0;
}
