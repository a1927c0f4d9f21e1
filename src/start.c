/*-------------------------------------------------------------------------
 *
 * start.c
 *		bot_session_start: a new session, or the one that was persisted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "announcement.h"
#include "arguments.h"
#include "botsession.h"
#include "lease_table.h"
#include "session_result.h"
#include "session_table.h"

/* How often a row is looked for that cannot be inserted */
#define START_ROUNDS	3

PG_FUNCTION_INFO_V1(bot_session_start);

/*
 * Take the lease of a session, whose row is locked or new.  Returns its fence.
 */
static int64
start_take_lease(SessionCall *call, text *session_id, text *worker, Interval *ttl,
				 bool session_was_active)
{
	int64		fence;

	if (!lease_take(&call->spi, session_id, worker, ttl, session_was_active, &fence))
		ereport(ERROR,
				(errcode(ERRCODE_SESSION_CONFLICT),
				 errmsg("another worker holds the lease of the session"),
				 errdetail("Session \"%s\" runs elsewhere; nothing was changed.",
						   text_to_cstring(session_id)),
				 errhint("bot_session_overview shows which worker, and until when; bot_session_claim takes over what was abandoned.")));
	return fence;
}

/*
 * Make a session active.
 */
static bool
start_decide(SessionCall *call, const SessionRow *before,
			 SessionChanges *changes, void *arg)
{
	session_set(changes, COLUMN_STATUS, CStringGetTextDatum(STATUS_ACTIVE));
	changes->operation = OPERATION_START;
	return true;
}

/*
 * bot_session_start(session_id text, worker text, ttl interval)
 *		returns bot_session
 *
 * Looks for the row first and inserts only if there is none: an upsert would
 * fire the insert triggers, and use up sequence values, for a row that is there
 * already.
 */
Datum
bot_session_start(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	text	   *worker = PG_ARGISNULL(1) ? NULL : get_worker(fcinfo, 1);
	Interval   *ttl = worker == NULL && PG_ARGISNULL(2) ? NULL :
		get_positive_interval(fcinfo, 2, "ttl");
	SessionCall call;
	SessionRow	before;
	SessionRow	row;
	int64		fence;
	Datum		result;
	bool		found = false;
	bool		inserted = false;

	session_call_open(&call, fcinfo, "bot_session_start()", RowExclusiveLock);
	for (int round = 0; !found && !inserted && round < START_ROUNDS; round++)
	{
		found = session_change(&call, session_id,
							   worker ? SESSION_LOCK_FIRST : 0,
							   start_decide, NULL, &before, &row);
		if (!found)
			inserted = session_insert(&call, session_id, &row);
	}
	if (!found && !inserted)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("session can be neither found nor created"),
				 errdetail("Session \"%s\" exists but row level security hides it, or a trigger cancels its insertion.",
						   text_to_cstring(session_id)),
				 errhint("Look at the policies and triggers of table %s.",
						 SESSION_TABLE_NAME)));
	if (worker)
		fence = start_take_lease(&call, session_id, worker, ttl,
								 found && session_is_active(&before));
	result = session_result(fcinfo, &row, found ? &before : NULL,
							worker ? &fence : NULL);
	session_call_close(&call);

	return result;
}
