/*-------------------------------------------------------------------------
 *
 * events.c
 *		Table bot_session_events, the audit trail.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "compat.h"
#include "event_direct.h"
#include "events.h"
#include "kept_plan.h"

/*
 * Returns the "sub" of the JWT that PostgREST verified, allocated in the
 * current context, or NULL.
 *
 * Anybody may set anything there, so it is parsed in a subtransaction: claims
 * that are no JSON, or nested too deeply, are no reason to refuse a change.
 */
static char *
event_jwt_subject(void)
{
	const char *claims = GetConfigOption("request.jwt.claims", true, false);
	char	   *volatile subject = NULL;
	MemoryContext oldcontext = CurrentMemoryContext;
	ResourceOwner oldowner = CurrentResourceOwner;

	if (claims == NULL || claims[0] == '\0')
		return NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(oldcontext);
	PG_TRY();
	{
		LOCAL_FCINFO(fcinfo, 2);
		Datum		result;

		/* claims::jsonb ->> 'sub' */
		InitFunctionCallInfoData(*fcinfo, NULL, 2, InvalidOid, NULL, NULL);
		fcinfo->args[0].value = DirectFunctionCall1(jsonb_in,
													CStringGetDatum(claims));
		fcinfo->args[0].isnull = false;
		fcinfo->args[1].value = CStringGetTextDatum("sub");
		fcinfo->args[1].isnull = false;
		compat_injection_point("botsession-claims-read");
		result = jsonb_object_field_text(fcinfo);
		if (!fcinfo->isnull)
			subject = TextDatumGetCString(result);

		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(oldcontext);
		CurrentResourceOwner = oldowner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(oldcontext);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(oldcontext);
		CurrentResourceOwner = oldowner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();

	return subject && subject[0] ? subject : NULL;
}

/*
 * Insert an event by a statement, as the owner of the table.
 */
static void
event_insert_by_statement(Oid schema, Datum *values, const bool *isnull)
{
	static KeptPlan kept;
	Oid			argtypes[NUM_EVENT_COLUMNS];
	char		nulls[NUM_EVENT_COLUMNS];
	SpiCall		call = {.schema = schema};

	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
	{
		argtypes[i] = event_columns[i].type;
		nulls[i] = isnull[i] ? 'n' : ' ';
	}
	spi_call_execute_as_owner(&call, table_lookup(schema, EVENT_TABLE_NAME),
							  &kept,
							  "insert into %1$s." EVENT_TABLE_NAME
							  " (session_id, event, reason, actor_role,"
							  " actor_sub, happened_at)"
							  " values ($1, $2, $3, $4, $5, $6)",
							  lengthof(argtypes), argtypes, values, nulls);
	spi_call_end(&call);
}

/*
 * Write an event, as the owner of the events table: the role that changes a
 * session has no privilege to write its history.
 */
void
event_write(Oid schema, const char *session_id, const char *kind,
			const char *reason)
{
	const char *texts[] = {
		[EVENT_SESSION_ID] = session_id,
		[EVENT_KIND] = kind,
		[EVENT_REASON] = reason,
		/* Not the current user: that is the owner of a definer function */
		[EVENT_ACTOR_ROLE] = GetUserNameFromId(GetOuterUserId(), true),
		[EVENT_ACTOR_SUB] = event_jwt_subject()
	};
	Datum		values[NUM_EVENT_COLUMNS];
	bool		isnull[NUM_EVENT_COLUMNS];

	for (Size i = 0; i < lengthof(texts); i++)
	{
		values[i] = texts[i] ? CStringGetTextDatum(texts[i]) : (Datum) 0;
		isnull[i] = texts[i] == NULL;
	}
	values[EVENT_HAPPENED_AT] = TimestampTzGetDatum(GetCurrentTimestamp());
	isnull[EVENT_HAPPENED_AT] = false;

	if (!event_direct_insert(schema, values, isnull))
		event_insert_by_statement(schema, values, isnull);
	compat_injection_point("botsession-event-written");
}
