/*-------------------------------------------------------------------------
 *
 * start.c
 *		bot_session_start: a new session, or the one that was persisted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "botsession.h"
#include "lease_table.h"
#include "session_result.h"
#include "session_table.h"

/* How often we look for a row that we cannot insert */
#define START_ROUNDS	3

PG_FUNCTION_INFO_V1(bot_session_start);

/*
 * Take the lease of the session, whose row is locked or new.
 */
static int64
take_lease(SessionTable *table, text *session_id, text *worker, Interval *ttl,
		   bool session_was_active)
{
	int64		fence;

	if (!lease_take(table, session_id, worker, ttl, session_was_active, &fence))
		ereport(ERROR,
				(errcode(ERRCODE_SESSION_CONFLICT),
				 errmsg("another worker holds the lease of the session"),
				 errdetail("Session \"%s\" runs elsewhere; nothing was changed.",
						   text_to_cstring(session_id)),
				 errhint("bot_session_overview shows which worker, and until when; bot_session_claim takes over what was abandoned.")));
	return fence;
}

/*
 * Make a session active that was found.  False, with nothing done, where it
 * has changed since.
 */
static bool
start_session(SessionTable *table, text *session_id, const SessionRow *before,
			  SessionRow *row)
{
	SessionChanges changes = {0};
	int			nestlevel;
	bool		updated;

	*row = *before;
	session_set(&changes, COLUMN_STATUS, CStringGetTextDatum(STATUS_ACTIVE));
	nestlevel = audit_begin("bot_session_start", session_name(before), NULL);
	updated = session_update(table, session_id, &changes, row);
	audit_end(nestlevel);
	return updated;
}

/*
 * bot_session_start(session_id text, worker text, ttl interval)
 *		returns bot_session
 *
 * Looks for the row first and inserts only where there is none: an upsert
 * would fire the insert triggers, and use up sequence values, for a row that
 * is there already.
 */
Datum
bot_session_start(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	text	   *worker = PG_ARGISNULL(1) ? NULL : get_worker(fcinfo, 1);
	Interval   *ttl = worker == NULL && PG_ARGISNULL(2) ? NULL :
		get_positive_interval(fcinfo, 2, "ttl");
	SessionTable table;
	SessionRow	before;
	SessionRow	row;
	int64		fence;
	Datum		result;
	bool		found = false;
	bool		inserted = false;

	session_table_open(&table, fcinfo, "bot_session_start()",
					   RowExclusiveLock);
	for (int round = 0; !found && !inserted && round < START_ROUNDS; round++)
	{
		bool		lock = worker != NULL;

		while (!found && session_find(&table, session_id, lock, &before))
		{
			found = start_session(&table, session_id, &before, &row);
			lock = true;
		}
		if (!found)
			inserted = session_insert(&table, session_id, &row);
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
		fence = take_lease(&table, session_id, worker, ttl,
						   found && session_is_active(&before));
	result = session_result(fcinfo, &row, found ? &before : NULL,
							worker ? &fence : NULL);
	session_table_close(&table);

	return result;
}
