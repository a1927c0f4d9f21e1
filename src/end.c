/*-------------------------------------------------------------------------
 *
 * end.c
 *		bot_session_end and bot_session_expire: sessions become inactive.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "announcement.h"
#include "arguments.h"
#include "compat.h"
#include "data_table.h"
#include "lease_check.h"
#include "session_result.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_end);
PG_FUNCTION_INFO_V1(bot_session_expire);

typedef struct EndArguments
{
	const char *operation;
	text	   *session_id;
	text	   *reason;			/* NULL if not given */
	const int64 *fence;			/* NULL if not given */
} EndArguments;

/*
 * End a session.  If it has ended already there is nothing to write, unless a
 * QR code was left behind while the trigger was disabled.
 *
 * Ending it again with the fence that ended it is no conflict: the first
 * answer may have got lost.
 */
static bool
end_decide(SessionCall *call, const SessionRow *before,
		   SessionChanges *changes, void *arg)
{
	const EndArguments *end = arg;

	if (end->fence)
		lease_require(&call->spi, end->session_id, *end->fence, before,
					  LEASE_OR_ENDED);
	if (!session_is_active(before) && before->isnull[COLUMN_QR_DATA])
		return false;

	session_set(changes, COLUMN_STATUS, CStringGetTextDatum(STATUS_INACTIVE));
	session_set_null(changes, COLUMN_QR_DATA);
	changes->operation = end->operation;
	changes->reason = end->reason;
	return true;
}

/*
 * bot_session_end(session_id text, reason text, fence bigint, forget boolean)
 *		returns bot_session
 *
 * The audit trigger ends the lease, as it does whatever ends the session.
 * Nothing is forgotten of a session that a trigger has kept active.
 */
Datum
bot_session_end(PG_FUNCTION_ARGS)
{
	EndArguments end = {
		.operation = OPERATION_END,
		.session_id = get_session_id(fcinfo, 0),
		.reason = get_text_or_null(fcinfo, 1),
		.fence = get_fence_or_null(fcinfo, 2)
	};

	/* A definition made before there was data has three arguments */
	bool		forget = PG_NARGS() > 3 && !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	SessionCall call;
	SessionRow	before;
	SessionRow	row;
	Datum		result;

	session_call_open(&call, fcinfo, "bot_session_end()", RowExclusiveLock);
	(void) session_change(&call, end.session_id,
						  SESSION_MUST_EXIST |
						  (end.fence || forget ? SESSION_LOCK_FIRST : 0),
						  end_decide, &end, &before, &row);
	if (forget && !session_is_active(&row))
		(void) data_forget(&call.spi, end.session_id, end.reason);
	result = session_result(fcinfo, &row, &before, end.fence);
	session_call_close(&call);

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
	EndArguments end = {
		.operation = OPERATION_EXPIRE,
		.reason = get_text_or_null(fcinfo, 2)
	};
	ReturnSetInfo *results = session_results_begin(fcinfo);
	SessionCall call;
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

	session_call_open(&call, fcinfo, "bot_session_expire()", RowExclusiveLock);
	n = session_lock_idle(&call, idle_since, max_sessions, &session_ids);
	compat_injection_point("botsession-idle-locked");

	/*
	 * Once more under the lock: a worker may have claimed one before it, or
	 * be about to renew its lease.
	 */
	if (n > 0)
		(void) lease_lock(&call.spi, session_ids, n);
	nleases = n > 0 ? lease_read(&call.spi, session_ids, n, LEASE_AS_OWNER,
								 &leases) : 0;

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
		/* A trigger may have deleted it meanwhile */
		if (!session_change(&call, session_ids[i], SESSION_LOCK_FIRST,
							end_decide, &end, &before, &row))
			continue;
		session_results_put(results, &row, &before, NULL);
		compat_injection_point("botsession-session-expired");
	}
	MemoryContextSwitchTo(oldcontext);
	session_call_close(&call);

	return (Datum) 0;
}
