/*-------------------------------------------------------------------------
 *
 * trigger_call.c
 *		Checks that a trigger function is attached where it belongs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/partition.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "trigger_call.h"

/*
 * Returns true for the table of that name in the given schema, and for its
 * partitions.
 */
static bool
trigger_call_is_own_table(Relation rel, const char *table, Oid schema)
{
	if (RelationGetNamespace(rel) == schema &&
		strcmp(RelationGetRelationName(rel), table) == 0)
		return true;

	return rel->rd_rel->relispartition &&
		list_member_oid(get_partition_ancestors(RelationGetRelid(rel)),
						get_relname_relid(table, schema));
}

static void
trigger_call_require_manager(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("trigger functions can only be called as triggers")));
}

static void
trigger_call_report_misfired(const char *name, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired %s, without arguments",
					name, expected)));
}

static void
trigger_call_require_table(FunctionCallInfo fcinfo, const char *name,
						   const char *table)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!trigger_call_is_own_table(trigdata->tg_relation, table,
								   get_func_namespace(fcinfo->flinfo->fn_oid)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" can only be attached to table %s of its own schema",
						name, table)));
}

/*
 * Check that trigger function "name" is fired for each row, at the given time,
 * for INSERT, UPDATE or, if AFTER, DELETE, without arguments, and on that table
 * of the function's own schema.  "expected" says so to the user.
 */
TriggerData *
check_trigger_call(FunctionCallInfo fcinfo, const char *name,
				   const char *table, TriggerEvent timing,
				   const char *expected)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TriggerEvent event;

	trigger_call_require_manager(fcinfo);
	event = trigdata->tg_event;
	if (!TRIGGER_FIRED_FOR_ROW(event) ||
		(event & TRIGGER_EVENT_TIMINGMASK) != timing ||
		(TRIGGER_FIRED_BEFORE(event) && TRIGGER_FIRED_BY_DELETE(event)) ||
		trigdata->tg_trigger->tgnargs != 0)
		trigger_call_report_misfired(name, expected);
	trigger_call_require_table(fcinfo, name, table);
	return trigdata;
}

/*
 * Check that trigger function "name" is fired AFTER DELETE for each statement,
 * with the rows under that name, without arguments, and on that table of the
 * function's own schema.  "expected" says so to the user.
 */
TriggerData *
check_delete_statement_call(FunctionCallInfo fcinfo, const char *name,
							const char *table, const char *old_table,
							const char *expected)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	trigger_call_require_manager(fcinfo);
	if (TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) ||
		!TRIGGER_FIRED_AFTER(trigdata->tg_event) ||
		!TRIGGER_FIRED_BY_DELETE(trigdata->tg_event) ||
		trigdata->tg_oldtable == NULL ||
		strcmp(trigdata->tg_trigger->tgoldtable, old_table) != 0 ||
		trigdata->tg_trigger->tgnargs != 0)
		trigger_call_report_misfired(name, expected);
	trigger_call_require_table(fcinfo, name, table);
	return trigdata;
}
