/*-------------------------------------------------------------------------
 *
 * data.c
 *		bot_session_save, bot_session_load and bot_session_forget: what the bot
 *		of a session logs in with.
 *
 * All go on only if the lease of the session lets the caller.  Those that write
 * check that under the lock on the session's row, so a worker that takes the
 * session over comes before or after them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "arguments.h"
#include "botsession.h"
#include "compat.h"
#include "data_load.h"
#include "data_table.h"
#include "json_element.h"
#include "lease_check.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_save);
PG_FUNCTION_INFO_V1(bot_session_load);
PG_FUNCTION_INFO_V1(bot_session_forget);

/*
 * Find the session, and lock it if flag LEASE_SESSION_LOCKED is given; and
 * check that its lease lets the caller go on.
 */
static void
data_require_session(SessionCall *call, text *session_id, const int64 *fence,
					 int flags, SessionRow *row)
{
	bool		found = flags & LEASE_SESSION_LOCKED ?
		session_find_for_update(call, session_id, row) :
		session_find(call, session_id, row);

	if (!found)
		session_report_not_found(session_id);
	compat_injection_point("botsession-data-session-found");
	if (!lease_lets_go_on(&call->spi, session_id, fence, row, flags))
		lease_report_refused(session_id, fence);
}

/*
 * bot_session_save(session_id text, data jsonb, fence bigint) returns integer
 */
Datum
bot_session_save(PG_FUNCTION_ARGS)
{
	DataSave	save = {.session_id = get_session_id(fcinfo, 0)};
	Jsonb	   *data = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);
	const int64 *fence = get_fence_or_null(fcinfo, 2);
	SessionCall call;
	SessionRow	row;
	int			changed;

	data_entries_read(&save.data, data ? &data->root : NULL, "data");
	if (save.data.too_long)
		data_entries_report_too_long("data");

	session_call_open(&call, fcinfo, "bot_session_save()", RowShareLock);
	data_require_session(&call, save.session_id, fence, LEASE_SESSION_LOCKED,
						 &row);
	if (!session_is_active(&row))
		ereport(ERROR,
				(errcode(ERRCODE_SESSION_CONFLICT),
				 errmsg("session is inactive"),
				 errdetail("Session \"%s\" has ended and takes no data.",
						   text_to_cstring(save.session_id)),
				 errhint("Start it again with bot_session_start.")));
	changed = data_save(&call.spi, &save, 1, NULL);
	session_call_close(&call);

	PG_RETURN_INT32(changed);
}

/*
 * bot_session_load(session_id text, keys jsonb, fence bigint) returns json
 *
 * Refused on a standby, though it writes nothing: what is read there may be
 * behind, and an old state breaks the login.
 */
Datum
bot_session_load(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	Jsonb	   *keys = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);
	const int64 *fence = get_fence_or_null(fcinfo, 2);
	DataEntries entries = {0};
	bool		all = keys == NULL || json_is_null(keys);
	SessionCall call;
	SessionRow	row;
	text	   *result;

	if (!all)
		data_entries_read_keys(&entries, keys);

	session_call_open(&call, fcinfo, "bot_session_load()", AccessShareLock);
	data_require_session(&call, session_id, fence, 0, &row);
	result = data_load(&call.spi, session_id, all ? NULL : &entries);
	session_call_close(&call);

	PG_RETURN_TEXT_P(result);
}

/*
 * bot_session_forget(session_id text, fence bigint, reason text)
 *		returns integer
 */
Datum
bot_session_forget(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	const int64 *fence = get_fence_or_null(fcinfo, 1);
	text	   *reason = get_text_or_null(fcinfo, 2);
	SessionCall call;
	SessionRow	row;
	int			deleted;

	session_call_open(&call, fcinfo, "bot_session_forget()", RowShareLock);
	data_require_session(&call, session_id, fence, LEASE_SESSION_LOCKED, &row);
	deleted = data_forget(&call.spi, session_id, reason);
	session_call_close(&call);

	PG_RETURN_INT32(deleted);
}
