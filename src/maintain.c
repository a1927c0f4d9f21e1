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
#include "triggers.h"

PG_FUNCTION_INFO_V1(bot_session_maintain);

/*
 * A row that breaks a rule is refused here rather than by a constraint of the
 * table: a constraint would print the row, and the QR code with it.
 */
static void
check_row(const SessionRow *row)
{
	text	   *session_id;

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

	if (!session_has_status(row, STATUS_ACTIVE) &&
		!session_has_status(row, STATUS_INACTIVE))
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
updated_at(const SessionRow *before)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz previous;

	if (before->isnull[COLUMN_UPDATED_AT])
		return now;

	previous = DatumGetTimestampTz(before->values[COLUMN_UPDATED_AT]);
	if (TIMESTAMP_NOT_FINITE(previous) || !IS_VALID_TIMESTAMP(previous + 1))
		return now;
	return Max(now, previous + 1);
}

/*
 * What the trigger does to a row, for an update or, where there is no row
 * before, an insert.
 */
void
maintain_row(const SessionRow *before, SessionRow *row)
{
	check_row(row);

	row->values[COLUMN_UPDATED_AT] =
		TimestampTzGetDatum(before ? updated_at(before) : inserted_at(row));
	row->isnull[COLUMN_UPDATED_AT] = false;

	/* An empty QR code, or that of a session that is not active */
	if (!row->isnull[COLUMN_QR_DATA] &&
		(!session_is_active(row) ||
		 toast_raw_datum_size(row->values[COLUMN_QR_DATA]) == VARHDRSZ))
	{
		row->values[COLUMN_QR_DATA] = (Datum) 0;
		row->isnull[COLUMN_QR_DATA] = true;
	}
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

	session_columns_find(tupdesc, attnums);
	session_row_read(tuple, tupdesc, attnums, &row);
	if (update)
		session_row_read(trigdata->tg_trigtuple, tupdesc, attnums, &before);
	maintain_row(update ? &before : NULL, &row);

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
