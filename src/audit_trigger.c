/*-------------------------------------------------------------------------
 *
 * audit_trigger.c
 *		Trigger function bot_session_audit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "audit_trigger.h"
#include "botsession.h"
#include "session_audit.h"
#include "trigger_call.h"

PG_FUNCTION_INFO_V1(bot_session_audit);

/*
 * bot_session_audit() returns trigger
 *
 * AFTER INSERT OR UPDATE OR DELETE on bot_sessions, for each row: writes what
 * happened to the session to bot_session_events.
 */
Datum
bot_session_audit(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = check_trigger_call(fcinfo, "bot_session_audit",
											   SESSION_TABLE_NAME,
											   TRIGGER_EVENT_AFTER,
											   "AFTER INSERT OR UPDATE OR DELETE for each row");
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	SessionRow	row;
	SessionRow	after;

	columns_require(tupdesc, session_columns, NUM_SESSION_COLUMNS,
					SESSION_TABLE_NAME, attnums);
	session_row_read(&row, trigdata->tg_trigtuple, tupdesc, attnums);
	if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		session_audit_change(schema, NULL, &row);
	else if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
	{
		session_row_read(&after, trigdata->tg_newtuple, tupdesc, attnums);
		session_audit_change(schema, &row, &after);
	}
	else
		session_audit_change(schema, &row, NULL);
	return PointerGetDatum(NULL);
}
