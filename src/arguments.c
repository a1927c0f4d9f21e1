/*-------------------------------------------------------------------------
 *
 * arguments.c
 *		Checks of the arguments of the SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "arguments.h"

/*
 * Returns true if a session may have that name.  Its length is counted in
 * characters.
 */
bool
session_id_is_valid(const char *session_id, int nbytes)
{
	return nbytes > 0 &&
		pg_mbstrlen_with_len(session_id, nbytes) <= SESSION_ID_MAX_LENGTH;
}

/*
 * Returns the argument session_id.  The error does not show the value: one
 * that is too long may be a QR code or a message in the wrong place.
 */
text *
get_session_id(FunctionCallInfo fcinfo, int argno)
{
	text	   *session_id;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("session_id must not be null"),
				 errhint("Pass the name of the session, for example session_id => 'bot1'.")));

	session_id = PG_GETARG_TEXT_PP(argno);
	if (!session_id_is_valid(VARDATA_ANY(session_id),
							 VARSIZE_ANY_EXHDR(session_id)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("session_id must have between 1 and %d characters",
						SESSION_ID_MAX_LENGTH)));
	return session_id;
}

/*
 * Returns the name of a worker, which is a required argument.
 */
text *
get_worker(FunctionCallInfo fcinfo, int argno)
{
	text	   *worker = get_text_or_null(fcinfo, argno);

	if (worker == NULL || VARSIZE_ANY_EXHDR(worker) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("worker must not be empty"),
				 errhint("Pass a name that no other process has, for example its host with something random.")));
	return worker;
}

/*
 * Returns a text, or NULL if it is not given.
 */
text *
get_text_or_null(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : PG_GETARG_TEXT_PP(argno);
}

/*
 * Returns a fence, allocated in the current context, or NULL if it is not
 * given.
 */
const int64 *
get_fence_or_null(FunctionCallInfo fcinfo, int argno)
{
	int64	   *fence;

	if (PG_ARGISNULL(argno))
		return NULL;
	fence = palloc_object(int64);
	*fence = PG_GETARG_INT64(argno);
	return fence;
}

/*
 * Returns a positive number, which is a required argument.
 */
int32
get_positive_int32(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno) || PG_GETARG_INT32(argno) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a positive number", name)));
	return PG_GETARG_INT32(argno);
}

/*
 * Returns true if an interval leads into the future, whatever the date.  From
 * 1 February the months to come are the shortest there are, and those that are
 * past the longest: '1 month -29 days' is not positive, though it is more than
 * zero, where a month counts as 30 days.
 */
static bool
interval_is_positive(Interval *interval)
{
	Timestamp	february = (date2j(2001, 2, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	Datum		end = DirectFunctionCall2(timestamp_pl_interval,
										  TimestampGetDatum(february),
										  IntervalPGetDatum(interval));

	return DatumGetTimestamp(end) > february;
}

/*
 * Returns a positive interval, which is a required argument.
 */
Interval *
get_positive_interval(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno) || !interval_is_positive(PG_GETARG_INTERVAL_P(argno)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a positive interval", name),
				 errhint("For example interval '5 minutes'.")));
	return PG_GETARG_INTERVAL_P(argno);
}

/*
 * Reads a fence from JSON.  Returns false if it is not a whole number of 64
 * bits.
 */
bool
json_fence(const JsonbValue *value, int64 *fence)
{
	char	   *number;
	char	   *end;

	if (value->type != jbvNumeric)
		return false;

	number = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	errno = 0;
	*fence = strtoi64(number, &end, 10);
	return errno == 0 && *end == '\0';
}
