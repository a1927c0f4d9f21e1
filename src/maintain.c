/*-------------------------------------------------------------------------
 *
 * maintain.c
 *		The trigger that keeps a session's row as it has to be.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "botsession.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_maintain);

/*
 * A row that breaks a rule is refused here rather than by a constraint of the
 * table: a constraint would print the row, and the QR code with it.
 */
static void
check_row(const SessionRow *row)
{
	text	   *session_id;
	char	   *status;

	if (row->isnull[COLUMN_SESSION_ID])
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("session_id must not be null")));
	if (row->isnull[COLUMN_CREATED_AT])
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("created_at must not be null")));
	if (row->isnull[COLUMN_STATUS])
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("status must not be null")));

	session_id = DatumGetTextPP(row->values[COLUMN_SESSION_ID]);
	if (!session_id_is_valid(VARDATA_ANY(session_id),
							 VARSIZE_ANY_EXHDR(session_id)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("session_id must have between 1 and %d characters",
						SESSION_ID_MAX_LENGTH)));

	status = TextDatumGetCString(row->values[COLUMN_STATUS]);
	if (strcmp(status, STATUS_ACTIVE) != 0 &&
		strcmp(status, STATUS_INACTIVE) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("status must be \"" STATUS_ACTIVE "\" or \"" STATUS_INACTIVE "\"")));
}

/*
 * The time of an insert: as given, so that rows can be copied from elsewhere,
 * unless it would be ahead of the updates to come.
 */
static TimestampTz
inserted_at(const SessionRow *row)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz given;

	if (row->isnull[COLUMN_UPDATED_AT])
		return now;

	given = DatumGetTimestampTz(row->values[COLUMN_UPDATED_AT]);
	return TIMESTAMP_NOT_FINITE(given) || given > now ? now : given;
}

/*
 * The time of an update: now, but always past that of the version before, so
 * that it orders the versions of a row even if the clock goes back.
 */
static TimestampTz
updated_at(HeapTuple old_tuple, AttrNumber attnum, TupleDesc tupdesc)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz before;
	bool		isnull;
	Datum		value = heap_getattr(old_tuple, attnum, tupdesc, &isnull);

	if (isnull)
		return now;

	before = DatumGetTimestampTz(value);
	if (TIMESTAMP_NOT_FINITE(before) || !IS_VALID_TIMESTAMP(before + 1))
		return now;
	return Max(now, before + 1);
}

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
											   TRIGGER_EVENT_BEFORE,
											   "BEFORE INSERT OR UPDATE for each row");
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event);
	HeapTuple	tuple = update ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	SessionRow	row;
	int			replace[2];
	Datum		values[2];
	bool		isnull[2] = {false, false};
	int			nreplace = 0;

	session_columns_find(tupdesc, attnums);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row.values[i] = heap_getattr(tuple, attnums[i], tupdesc,
									 &row.isnull[i]);
	check_row(&row);

	replace[nreplace] = attnums[COLUMN_UPDATED_AT];
	values[nreplace] =
		TimestampTzGetDatum(update ?
							updated_at(trigdata->tg_trigtuple,
									   attnums[COLUMN_UPDATED_AT], tupdesc) :
							inserted_at(&row));
	nreplace++;

	if (!row.isnull[COLUMN_QR_DATA] &&
		(!session_is_active(&row) ||
		 toast_raw_datum_size(row.values[COLUMN_QR_DATA]) == VARHDRSZ))
	{
		replace[nreplace] = attnums[COLUMN_QR_DATA];
		values[nreplace] = (Datum) 0;
		isnull[nreplace] = true;
		nreplace++;
	}

	return PointerGetDatum(heap_modify_tuple_by_cols(tuple, tupdesc, nreplace,
													 replace, values, isnull));
}
