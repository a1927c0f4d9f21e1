/*-------------------------------------------------------------------------
 *
 * session_update.c
 *		Updates of the rows of table bot_sessions without a statement.
 *
 * The row that session_direct.c has found is updated through the executor's
 * entry point for updates that have no plan.  The executor is given a copy of
 * the table's triggers, which session_update_prepare_triggers() edits so that
 * it fires those of users and of foreign keys, and ours only where asked to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "session_update.h"

/*
 * Find the row that was found, and locked, once more if we ourselves have
 * changed it since: by a user's function that a policy of another table
 * called.  Returns false if it is gone.
 */
bool
session_update_find_again(SessionDirect *direct, text *session_id,
						  SessionRow *row)
{
	HeapTupleHeader tuple = ((HeapTupleTableSlot *) direct->found)->tuple->t_data;

	if (!HEAP_XMAX_IS_LOCKED_ONLY(tuple->t_infomask))
	{
		/* The caller may still hold values of the old slot */
		direct->found = session_direct_make_slot(direct);
		if (!direct_scan_find(&direct->scan, session_id, SCAN_TO_UPDATE,
							  direct->found))
			return false;
	}
	session_direct_get_row(direct, direct->found, row);
	return true;
}

/*
 * Check the privilege to set these columns, once.  Triggers are told of the
 * same columns.
 */
void
session_update_check_columns(SessionDirect *direct, int columns)
{
	CompatPermissions *permissions = direct->table.range.permissions;
	MemoryContext oldcontext;

	if (direct->permitted_columns == columns)
		return;

	oldcontext = MemoryContextSwitchTo(direct->table.context);
	bms_free(permissions->updatedCols);
	permissions->updatedCols = NULL;
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (columns & (1 << i))
			permissions->updatedCols =
				bms_add_member(permissions->updatedCols,
							   direct->entry.attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	permissions->requiredPerms = ACL_SELECT | ACL_UPDATE;
	compat_check_permissions(&direct->table.range);
	direct->permitted_columns = columns;
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Make ready which triggers the executor queues for an update: none, or all
 * AFTER triggers but ours, or those and ours.
 */
static void
session_update_prepare_triggers(SessionDirect *direct, bool queue_audit)
{
	DirectTable *table = &direct->table;
	TriggerDesc *trigdesc = direct->triggers_queued ?
		direct_table_prepare_triggers(table) : table->relinfo->ri_TrigDesc;

	if (trigdesc == NULL)
		return;
	trigdesc->trig_update_before_row = false;	/* ours, done in place */
	trigdesc->trig_update_after_row = direct->triggers_queued;
	for (int i = 0; i < trigdesc->numtriggers; i++)
	{
		Trigger    *trigger = &trigdesc->triggers[i];

		for (int audit = 0; audit < NUM_AUDIT_TRIGGERS; audit++)
		{
			if (trigger->tgoid == direct->entry.audit_triggers[audit])
				trigger->tgenabled = queue_audit ? TRIGGER_FIRES_ALWAYS :
					TRIGGER_DISABLED;
		}
	}
}

/*
 * Make the new version of the row that was found, with these values in our
 * columns.
 */
static void
session_update_build_version(SessionDirect *direct, const SessionRow *row)
{
	TupleDesc	tupdesc = RelationGetDescr(direct->table.rel);
	TupleTableSlot *old = direct->found;
	TupleTableSlot *new;

	if (direct->updated == NULL)
		direct->updated = session_direct_make_slot(direct);
	new = direct->updated;

	slot_getallattrs(old);
	ExecClearTuple(new);
	memcpy(new->tts_values, old->tts_values, tupdesc->natts * sizeof(Datum));
	memcpy(new->tts_isnull, old->tts_isnull, tupdesc->natts * sizeof(bool));

	/* Null out dropped columns, as the executor does, to reclaim their space */
	for (int i = 0; direct->entry.has_dropped_columns && i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			new->tts_isnull[i] = true;
	}
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		new->tts_values[direct->entry.attnums[i] - 1] = row->values[i];
		new->tts_isnull[direct->entry.attnums[i] - 1] = row->isnull[i];
	}
	ExecStoreVirtualTuple(new);
}

/*
 * Write the new version.  Returns false, with nothing done, if another
 * transaction has changed the row.
 */
static bool
session_update_write_version(SessionDirect *direct)
{
	EState	   *estate = direct->table.estate;
	MemoryContext oldcontext;
	bool		written;

	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ResetPerTupleExprContext(estate);

	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	if (direct->triggers_queued)
		AfterTriggerBeginQuery();
	written = direct_table_update(&direct->table, &direct->found->tts_tid,
								  direct->updated);
	MemoryContextSwitchTo(oldcontext);
	compat_injection_point("botsession-row-updated");
	return written;
}

/*
 * Fire the triggers that session_update_write() has queued.
 */
void
session_update_fire_triggers(SessionDirect *direct)
{
	EState	   *estate = direct->table.estate;
	MemoryContext oldcontext;

	if (!direct->triggers_queued)
		return;
	/* What is kept of the triggers' functions lasts as long as estate */
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	AfterTriggerEndQuery(estate);
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Update the row that was found to these values; columns are those that the
 * caller of the function sets.  session_update_fire_triggers() follows.
 *
 * With queue_audit the audit triggers are queued with the others, otherwise the
 * caller does its work in place.
 *
 * Returns false, with nothing done, if the row was not locked and another
 * transaction has changed it since.
 */
bool
session_update_write(SessionDirect *direct, int columns, const SessionRow *row,
					 bool queue_audit)
{
	direct->triggers_queued = queue_audit ||
		session_cache_fires_triggers(&direct->entry, columns);
	direct_table_prepare_write(&direct->table);
	session_update_prepare_triggers(direct, queue_audit);
	session_update_build_version(direct, row);
	if (session_update_write_version(direct))
		return true;
	session_update_fire_triggers(direct);	/* none; this ends the query */
	return false;
}
