/*-------------------------------------------------------------------------
 *
 * touch.c
 *		bot_session_touch: a message, a QR code or a heartbeat of a session.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "botsession.h"
#include "lease_check.h"
#include "session_result.h"
#include "session_table.h"
#include "touch.h"

PG_FUNCTION_INFO_V1(bot_session_touch);

typedef struct TouchArguments
{
	text	   *session_id;
	text	   *last_message;	/* NULL if not given */
	text	   *qr_data;		/* NULL if not given */
	const int64 *fence;			/* NULL if not given */
} TouchArguments;

/*
 * Returns true if a QR code is given.  An empty one removes what is stored.
 */
static bool
is_qr_code(text *qr_data)
{
	return qr_data != NULL && VARSIZE_ANY_EXHDR(qr_data) > 0;
}

/*
 * Set what is given: NULL keeps what is stored, an empty QR code removes it,
 * and nothing at all is a heartbeat.
 */
void
touch_set(SessionChanges *changes, text *last_message, text *qr_data)
{
	if (last_message)
		session_set(changes, COLUMN_LAST_MESSAGE,
					PointerGetDatum(last_message));
	if (is_qr_code(qr_data))
		session_set(changes, COLUMN_QR_DATA, PointerGetDatum(qr_data));
	else if (qr_data)
		session_set_null(changes, COLUMN_QR_DATA);
	if (changes->columns == 0)
		session_set(changes, COLUMN_UPDATED_AT,
					TimestampTzGetDatum(GetCurrentTimestamp()));
}

/*
 * Returns true if an inactive session is given a QR code, which is refused.
 */
bool
touch_is_refused(text *qr_data, const SessionRow *before)
{
	return is_qr_code(qr_data) && !session_is_active(before);
}

/*
 * Record what is given.  A QR code that is refused is left to the caller to
 * report, once the row is locked.
 */
static bool
touch_decide(SessionCall *call, const SessionRow *before,
			 SessionChanges *changes, void *arg)
{
	const TouchArguments *touch = arg;

	if (touch->fence)
		lease_require(&call->spi, touch->session_id, *touch->fence, before, 0);
	if (touch_is_refused(touch->qr_data, before))
		return false;
	touch_set(changes, touch->last_message, touch->qr_data);
	return true;
}

/*
 * Read a session for its heartbeat.  Returns true if the heartbeat is not due:
 * the last update is there and not longer ago than the interval.
 */
static bool
heartbeat_not_due(SessionCall *call, text *session_id,
				  Interval *heartbeat_interval, SessionRow *row)
{
	Datum		due;

	if (!session_find(call, session_id, row) || row->isnull[COLUMN_UPDATED_AT])
		return false;

	due = DirectFunctionCall2(timestamptz_pl_interval,
							  row->values[COLUMN_UPDATED_AT],
							  IntervalPGetDatum(heartbeat_interval));
	return DatumGetTimestampTz(due) > GetCurrentTimestamp();
}

/*
 * bot_session_touch(session_id text, last_message text, qr_data text,
 *					 fence bigint, heartbeat_interval interval)
 *		returns bot_session
 *
 * A heartbeat that is not due neither writes nor waits for another transaction
 * that does.
 */
Datum
bot_session_touch(PG_FUNCTION_ARGS)
{
	TouchArguments touch = {
		.session_id = get_session_id(fcinfo, 0),
		.last_message = get_text_or_null(fcinfo, 1),
		.qr_data = get_text_or_null(fcinfo, 2),
		.fence = get_fence_or_null(fcinfo, 3)
	};
	Interval   *heartbeat_interval = PG_ARGISNULL(4) ? NULL :
		get_positive_interval(fcinfo, 4, "heartbeat_interval");
	bool		may_be_early = heartbeat_interval && !touch.last_message &&
		!touch.qr_data;
	SessionCall call;
	SessionRow	before;
	SessionRow	row;
	Datum		result;

	session_call_open(&call, fcinfo, "bot_session_touch()",
					  may_be_early ? AccessShareLock : RowExclusiveLock);
	if (may_be_early &&
		heartbeat_not_due(&call, touch.session_id, heartbeat_interval, &row))
	{
		if (touch.fence)
			lease_require(&call.spi, touch.session_id, *touch.fence, &row, 0);
		before = row;
	}
	else
	{
		if (may_be_early)
			session_call_lock_table(&call, RowExclusiveLock);
		(void) session_change(&call, touch.session_id,
							  SESSION_MUST_EXIST |
							  (touch.fence ? SESSION_LOCK_FIRST : 0),
							  touch_decide, &touch, &before, &row);
		if (touch_is_refused(touch.qr_data, &before))
			ereport(ERROR,
					(errcode(ERRCODE_SESSION_CONFLICT),
					 errmsg("session is inactive"),
					 errdetail("Session \"%s\" has ended and takes no QR code.",
							   text_to_cstring(touch.session_id)),
					 errhint("Start it again with bot_session_start.")));
	}
	result = session_result(fcinfo, &row, &before, touch.fence);
	session_call_close(&call);

	return result;
}
