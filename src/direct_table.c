/*-------------------------------------------------------------------------
 *
 * direct_table.c
 *		Tables that are read and written without a statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/rls.h"

#include "direct_table.h"

/*
 * Open the table of a schema.  Returns false, with nothing left open, if there
 * is no such table or a statement has to access it.
 */
bool
direct_table_open(DirectTable *table, TableCacheEntry *entry, Oid schema,
				  LOCKMODE lockmode)
{
	memset(table, 0, sizeof(DirectTable));
	table->rel = table_cache_open(entry, schema, lockmode);
	if (table->rel == NULL)
		return false;
	table->context = CurrentMemoryContext;
	compat_make_range_table(&table->range, table->rel);
	return true;
}

/*
 * Close the table.  Its lock stays until the transaction ends, as after a
 * statement.
 */
void
direct_table_close(DirectTable *table)
{
	if (table->estate)
	{
		ExecResetTupleTable(table->estate->es_tupleTable, false);
		/* The indexes, and tables that triggers of foreign keys wrote to */
		ExecCloseResultRelations(table->estate);
		FreeExecutorState(table->estate);
	}
	table_close(table->rel, NoLock);
}

/*
 * Check that the current user may look into the schema of a table.
 */
AclResult
direct_table_schema_aclcheck(const DirectTable *table)
{
	return compat_schema_aclcheck(RelationGetNamespace(table->rel),
								  GetUserId(), ACL_USAGE);
}

/*
 * Returns true if policies apply to the current user.
 */
bool
direct_table_is_secured(const DirectTable *table)
{
	return table->rel->rd_rel->relrowsecurity &&
		check_enable_rls(RelationGetRelid(table->rel), InvalidOid,
						 true) == RLS_ENABLED;
}

/*
 * Make what the executor needs to write a row.  It lasts until the table is
 * closed.
 */
void
direct_table_prepare_write(DirectTable *table)
{
	EState	   *estate;
	MemoryContext oldcontext;

	if (table->estate)
		return;

	oldcontext = MemoryContextSwitchTo(table->context);
	estate = CreateExecutorState();
	MemoryContextSwitchTo(estate->es_query_cxt);
	compat_init_range_table(estate, &table->range);
	table->relinfo = makeNode(ResultRelInfo);
	table->relinfo->ri_RelationDesc = table->rel;
	table->relinfo->ri_RangeTableIndex = 1;
	/* Queued triggers look for it there */
	estate->es_opened_result_relations = list_make1(table->relinfo);
	table->estate = estate;
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Make what the executor needs to fire triggers, as InitResultRelInfo() does.
 * Returns a copy of the table's triggers, or NULL if it has none.  The caller
 * may edit it so that the server fires what it wants.
 */
TriggerDesc *
direct_table_prepare_triggers(DirectTable *table)
{
	ResultRelInfo *relinfo = table->relinfo;
	MemoryContext oldcontext;

	if (relinfo->ri_TrigDesc == NULL && table->rel->trigdesc != NULL)
	{
		oldcontext = MemoryContextSwitchTo(table->estate->es_query_cxt);
		relinfo->ri_TrigDesc = CopyTriggerDesc(table->rel->trigdesc);
		relinfo->ri_TrigFunctions = palloc0_array(FmgrInfo,
												  relinfo->ri_TrigDesc->numtriggers);
		relinfo->ri_TrigWhenExprs = palloc0_array(ExprState *,
												  relinfo->ri_TrigDesc->numtriggers);
		MemoryContextSwitchTo(oldcontext);
	}
	return relinfo->ri_TrigDesc;
}

/*
 * Open the indexes, so that they can be inserted into speculatively.
 */
static void
direct_table_open_indexes(DirectTable *table)
{
	if (table->relinfo->ri_NumIndices == 0)
		ExecOpenIndices(table->relinfo, true);
}

/*
 * Update the row at tid to what the slot holds, and queue AFTER triggers.
 * Returns false, with nothing done, if another transaction has changed the row.
 *
 * This does what ExecSimpleRelationUpdate() does for a table without BEFORE
 * triggers, generated columns and partitions.  That one would open all indexes
 * for the few updates that have to write to one, and raises an error where the
 * row has been changed.
 */
bool
direct_table_update(DirectTable *table, ItemPointer tid, TupleTableSlot *slot)
{
	EState	   *estate = table->estate;
	ResultRelInfo *relinfo = table->relinfo;
	List	   *recheck = NIL;
	CompatUpdateIndexes update_indexes;
	TM_FailureData failure;
	LockTupleMode lockmode;
	TM_Result	result;

	CheckCmdReplicaIdentity(table->rel, CMD_UPDATE);
	if (RelationGetDescr(table->rel)->constr)
		ExecConstraints(relinfo, slot, estate);

	result = compat_tuple_update(table->rel, tid, slot, estate->es_output_cid,
								 estate->es_snapshot, &failure, &lockmode,
								 &update_indexes);
	if (result == TM_Updated || result == TM_Deleted)
		return false;
	if (result == TM_SelfModified)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("tuple to be updated was already modified by an operation triggered by the current command")));
	if (result != TM_Ok)
		elog(ERROR, "unexpected table_tuple_update status: %u", result);

	compat_injection_point("botsession-heap-updated");
	if (compat_any_index(update_indexes))
	{
		direct_table_open_indexes(table);
		recheck = compat_insert_index_tuples(relinfo, slot, estate,
											 update_indexes);
	}

	ExecARUpdateTriggers(estate, relinfo, NULL, NULL, tid, NULL, slot,
						 recheck, NULL, false);
	list_free(recheck);
	return true;
}

/*
 * Insert the row that the slot holds, without any trigger.  Returns false, with
 * nothing inserted, if a unique index has such a row.
 *
 * This does what the executor does for ON CONFLICT DO NOTHING, but for its first
 * look into the indexes: the caller has found no such row.
 */
bool
direct_table_insert(DirectTable *table, TupleTableSlot *slot)
{
	EState	   *estate = table->estate;
	uint32		token;
	bool		conflict = false;

	if (RelationGetDescr(table->rel)->constr)
		ExecConstraints(table->relinfo, slot, estate);
	direct_table_open_indexes(table);

	/* Others wait for the token, and not for the end of this transaction */
	token = SpeculativeInsertionLockAcquire(GetCurrentTransactionId());
	table_tuple_insert_speculative(table->rel, slot, estate->es_output_cid, 0,
								   NULL, token);
	list_free(compat_insert_new_index_tuples(table->relinfo, slot, estate,
											 &conflict));
	table_tuple_complete_speculative(table->rel, slot, token, !conflict);
	SpeculativeInsertionLockRelease(GetCurrentTransactionId());
	return !conflict;
}
