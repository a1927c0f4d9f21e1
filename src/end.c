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
#include "session_result.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_end);
PG_FUNCTION_INFO_V1(bot_session_expire);

/*
 * End a session that is locked.  Nothing to do where it has ended already,
 * unless a QR code was left behind while the trigger was disabled.
 */
static void
end_session(SessionTable *table, const char *operation, text *session_id,
			text *reason, const SessionRow *before, SessionRow *row)
{
	SessionChanges changes = {0};
	int			nestlevel;

	*row = *before;
	if (!session_is_active(before) && before->isnull[COLUMN_QR_DATA])
		return;

	session_set(&changes, COLUMN_STATUS,
				CStringGetTextDatum(STATUS_INACTIVE));
	session_set_null(&changes, COLUMN_QR_DATA);
	nestlevel = audit_begin(operation, session_id, reason);
	session_update(table, session_id, &changes, row);
	audit_end(nestlevel);
}

/*
 * bot_session_end(session_id text, reason text) returns bot_session
 */
Datum
bot_session_end(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	text	   *reason = get_text_or_null(fcinfo, 1);
	SessionTable table;
	SessionRow	before;
	SessionRow	row;
	Datum		result;

	session_table_open(&table, fcinfo, "bot_session_end()");
	session_lock_existing(&table, session_id, &before);
	end_session(&table, "bot_session_end", session_id, reason, &before, &row);
	result = session_result(fcinfo, &row, &before);
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

	idle_since =
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
												TimestampTzGetDatum(GetCurrentTimestamp()),
												IntervalPGetDatum(idle)));

	session_table_open(&table, fcinfo, "bot_session_expire()");
	n = session_lock_idle(&table, idle_since, max_sessions, &session_ids);
	each_context = AllocSetContextCreate(CurrentMemoryContext,
										 "bot_session_expire",
										 ALLOCSET_DEFAULT_SIZES);
	oldcontext = MemoryContextSwitchTo(each_context);
	for (int i = 0; i < n; i++)
	{
		SessionRow	before;
		SessionRow	row;

		MemoryContextReset(each_context);
		if (!session_lock(&table, session_ids[i], &before))
			continue;			/* a trigger deleted it meanwhile */
		end_session(&table, "bot_session_expire", session_ids[i], reason,
					&before, &row);
		session_results_put(results, &row, &before);
	}
	MemoryContextSwitchTo(oldcontext);
	session_table_close(&table);

	return (Datum) 0;
}
