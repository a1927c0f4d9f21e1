/*-------------------------------------------------------------------------
 *
 * session_maintain.c
 *		What holds of every row of table bot_sessions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "session_maintain.h"

/*
 * Check that a row breaks no rule.  A constraint of the table would print the
 * row, and the QR code with it.
 */
static void
session_maintain_check(const SessionRow *row)
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

	session_id = session_row_id(row);
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
 * Returns the time of an insert: as given, so that rows can be copied from
 * elsewhere, unless it would be ahead of the updates to come.
 */
static TimestampTz
session_maintain_insert_time(const SessionRow *row)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz given;

	if (row->isnull[COLUMN_UPDATED_AT])
		return now;

	given = DatumGetTimestampTz(row->values[COLUMN_UPDATED_AT]);
	return TIMESTAMP_NOT_FINITE(given) || given > now ? now : given;
}

/*
 * Returns the time of an update: now, but always past that of the version
 * before, so that it orders the versions of a row even if the clock goes back.
 */
static TimestampTz
session_maintain_update_time(const SessionRow *before)
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
 * Check a row, set updated_at, and remove the QR code of an inactive session
 * or an empty one.  before is NULL for an insert.
 */
void
session_maintain(const SessionRow *before, SessionRow *row)
{
	session_maintain_check(row);

	row->values[COLUMN_UPDATED_AT] = TimestampTzGetDatum(before ?
														 session_maintain_update_time(before) :
														 session_maintain_insert_time(row));
	row->isnull[COLUMN_UPDATED_AT] = false;

	if (!row->isnull[COLUMN_QR_DATA] &&
		(!session_is_active(row) ||
		 toast_raw_datum_size(row->values[COLUMN_QR_DATA]) == VARHDRSZ))
	{
		row->values[COLUMN_QR_DATA] = (Datum) 0;
		row->isnull[COLUMN_QR_DATA] = true;
	}
}
