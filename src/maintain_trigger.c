/*-------------------------------------------------------------------------
 *
 * maintain_trigger.c
 *		Trigger function bot_session_maintain.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/rel.h"

#include "botsession.h"
#include "maintain_trigger.h"
#include "session_maintain.h"
#include "trigger_call.h"

PG_FUNCTION_INFO_V1(bot_session_maintain);

/*
 * bot_session_maintain() returns trigger
 *
 * BEFORE INSERT OR UPDATE on bot_sessions, for each row: checks session_id and
 * status, sets updated_at, and removes the QR code of an inactive session or
 * an empty one.  SQLSTATE 23514 for a row that may not be.
 */
Datum
bot_session_maintain(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = check_trigger_call(fcinfo, "bot_session_maintain",
											   SESSION_TABLE_NAME,
											   TRIGGER_EVENT_BEFORE,
											   "BEFORE INSERT OR UPDATE for each row");
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event);
	HeapTuple	tuple = update ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	SessionRow	before;
	SessionRow	row;
	int			replace[2];
	Datum		values[2];
	bool		isnull[2];

	columns_require(tupdesc, session_columns, NUM_SESSION_COLUMNS,
					SESSION_TABLE_NAME, attnums);
	session_row_read(&row, tuple, tupdesc, attnums);
	if (update)
		session_row_read(&before, trigdata->tg_trigtuple, tupdesc, attnums);
	session_maintain(update ? &before : NULL, &row);

	/* Only these can have changed */
	replace[0] = attnums[COLUMN_UPDATED_AT];
	values[0] = row.values[COLUMN_UPDATED_AT];
	isnull[0] = row.isnull[COLUMN_UPDATED_AT];
	replace[1] = attnums[COLUMN_QR_DATA];
	values[1] = row.values[COLUMN_QR_DATA];
	isnull[1] = row.isnull[COLUMN_QR_DATA];
	return PointerGetDatum(heap_modify_tuple_by_cols(tuple, tupdesc,
													 lengthof(replace), replace,
													 values, isnull));
}
