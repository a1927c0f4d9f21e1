/*-------------------------------------------------------------------------
 *
 * data_trigger.c
 *		Trigger function bot_session_audit_data.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "announcement.h"
#include "botsession.h"
#include "compat.h"
#include "data_table.h"
#include "events.h"
#include "session_row.h"
#include "trigger_call.h"

PG_FUNCTION_INFO_V1(bot_session_audit_data);

/*
 * Read the session_id of each row that was deleted.  They are allocated in the
 * current context, sorted, each once.  Returns how many there are.
 */
static int
deleted_session_ids(TriggerData *trigdata, text ***session_ids)
{
	static const ColumnInfo column = {"session_id", TEXTOID};
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	Tuplestorestate *rows = trigdata->tg_oldtable;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsMinimalTuple);
	AttrNumber	attnum;
	text	  **all = NULL;
	int			allocated = 0;
	int			n = 0;

	columns_require(tupdesc, &column, 1, DATA_TABLE_NAME, &attnum);
	/* Other triggers may be reading the same rows */
	tuplestore_select_read_pointer(rows,
								   tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
	tuplestore_rescan(rows);
	while (tuplestore_gettupleslot(rows, true, false, slot))
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, attnum, &isnull);
		text	   *session_id;

		if (isnull)
			continue;
		session_id = DatumGetTextPP(value);
		/* Most statements delete the rows of one session */
		if (n > 0 && session_id_compare(&all[n - 1], &session_id) == 0)
			continue;
		if (n == allocated)
		{
			allocated = Max(8, allocated * 2);
			all = all == NULL ? palloc_array(text *, allocated) :
				repalloc_array(all, text *, allocated);
		}
		all[n++] = DatumGetTextPCopy(value);
	}
	ExecDropSingleTupleTableSlot(slot);
	*session_ids = NULL;
	return n == 0 ? 0 : session_ids_sort(all, n, session_ids);
}

/*
 * bot_session_audit_data() returns trigger
 *
 * AFTER DELETE on bot_session_data, for each statement: writes to
 * bot_session_events that a session, which is still there, has no data left.
 */
Datum
bot_session_audit_data(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata =
		check_delete_statement_call(fcinfo, "bot_session_audit_data",
									DATA_TABLE_NAME, "deleted",
									"AFTER DELETE for each statement, referencing old table as deleted");
	SpiCall		call = {.schema = get_func_namespace(fcinfo->flinfo->fn_oid)};
	text	  **session_ids;
	int			n;

	n = deleted_session_ids(trigdata, &session_ids);
	if (n == 0)
		return PointerGetDatum(NULL);

	n = data_find_forgotten(&call, session_ids, n, &session_ids);
	for (int i = 0; i < n; i++)
	{
		char	   *session_id = text_to_cstring(session_ids[i]);
		const char *reason = NULL;

		if (announcement_operation(session_id))
			reason = announcement_take();
		event_write(call.schema, session_id, "forgotten", reason);
		compat_injection_point("botsession-forgotten");
	}
	spi_call_end(&call);
	return PointerGetDatum(NULL);
}
