/*-------------------------------------------------------------------------
 *
 * direct_table.c
 *		Tables that are read and written without a statement.
 *
 * What a table has to be for that is looked at once, and again after DDL: the
 * server says when something about the table has changed.  Only OIDs and what
 * was found outlive a call, nothing that is open.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_opfamily.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "direct_table.h"

bool		direct_access_enabled = true;

static TableFacts *known = NULL;

/* How often something was forgotten, to notice that while looking */
static uint64 forgotten = 0;

static void
forget_table(Datum arg, Oid relid)
{
	forgotten++;
	for (TableFacts *facts = known; facts; facts = facts->next)
	{
		if (!OidIsValid(relid) || facts->relid == relid)
			facts->valid = false;
		if (facts->relid == relid)
			facts->version++;
	}
}

/*
 * A function that was replaced may be a trigger's.
 */
static void
forget_functions(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_table((Datum) 0, InvalidOid);
}

static void
register_facts(TableFacts *facts)
{
	if (facts->registered)
		return;
	if (known == NULL)
	{
		CacheRegisterRelcacheCallback(forget_table, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID, forget_functions, (Datum) 0);
	}
	facts->next = known;
	facts->registered = true;
	known = facts;
}

/*
 * Lock the table of that name.  InvalidOid where there is none.
 *
 * A table cannot lose its name, and no other can take it, without a change
 * that we are told of by the time we have its lock.
 */
static Oid
lock_table(const TableFacts *facts, Oid schema)
{
	for (;;)
	{
		uint64		counter = SharedInvalidMessageCounter;
		bool		valid = facts->valid && facts->schema == schema;
		Oid			relid = valid ? facts->relid :
			get_relname_relid(facts->relname, schema);

		if (OidIsValid(relid))
			LockRelationOid(relid, facts->lockmode);
		else
			AcceptInvalidationMessages();
		if (valid ? facts->valid : counter == SharedInvalidMessageCounter)
			return relid;
		if (OidIsValid(relid))
			UnlockRelationOid(relid, facts->lockmode);
	}
}

/*
 * What has to hold of every table.
 */
static const char *
unsafe_table(Relation rel)
{
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		return "not a plain table";
	if (rel->rd_rel->relam != HEAP_TABLE_AM_OID)
		return "table access method";
	if (rel->rd_rel->relispartition)
		return "partition";
	if (rel->rd_rel->relhassubclass)
		return "inheritance";
	if (rel->rd_rules != NULL)
		return "rules";
	return NULL;
}

/*
 * Can a value of ours be stored as it is?  A statement would round it to the
 * precision of the column.
 */
bool
direct_table_column_fits(Form_pg_attribute att, const ColumnInfo *column)
{
	return att->atttypid == column->type && att->atttypmod == -1;
}

/*
 * Find the columns that we need.  What is wrong with them is for the statement
 * to say.
 */
const char *
direct_table_columns(Relation rel, const ColumnInfo *columns, int n,
					 AttrNumber *attnums)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	int			found = 0;

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (att->attisdropped)
			continue;
		for (int column = 0; column < n; column++)
		{
			if (strcmp(NameStr(att->attname), columns[column].name) != 0)
				continue;
			if (!direct_table_column_fits(att, &columns[column]))
				return "type of a column";
			attnums[column] = att->attnum;
			found++;
		}
	}
	return found == n ? NULL : "missing column";
}

/*
 * Does an index find a row as "where COLUMN = ..." does, a column of type text?
 */
static const char *
unsafe_index(Relation rel, AttrNumber attnum, Relation index)
{
	Oid			collation = TupleDescAttr(RelationGetDescr(rel),
										  attnum - 1)->attcollation;

	if (index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_opfamily[0] != TEXT_BTREE_FAM_OID ||
		index->rd_index->indnkeyatts != 1 ||
		index->rd_index->indkey.values[0] != attnum ||
		index->rd_indcollation[0] != collation)
		return "shape of the primary key";
	/* What is equal has to be so byte by byte, for all that sorts by these */
	if (!get_collation_isdeterministic(collation))
		return "nondeterministic collation";
	if (!index->rd_index->indisvalid || !index->rd_index->indimmediate)
		return "primary key not valid or deferrable";
	return NULL;
}

/*
 * Find the index of the primary key, which must be on that column.
 */
const char *
direct_table_key(Relation rel, AttrNumber attnum, LOCKMODE lockmode, Oid *key)
{
	List	   *indexes = RelationGetIndexList(rel);
	const char *unsafe = "no primary key";
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), lockmode);

		if (index->rd_index->indisprimary)
		{
			*key = RelationGetRelid(index);
			unsafe = unsafe_index(rel, attnum, index);
		}
		index_close(index, NoLock);
	}
	list_free(indexes);
	return unsafe;
}

/*
 * The rule by which the planner avoids broken HOT chains.
 */
bool
direct_table_key_is_young(Relation index)
{
	return index->rd_index->indcheckxmin &&
		!TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							   TransactionXmin);
}

/*
 * Say why there is no direct access, to tests and to who wonders.
 */
bool
direct_table_refuse(const TableFacts *facts, const char *why)
{
	ereport(DEBUG1,
			(errmsg_internal("no direct access to %s: %s", facts->relname, why)));
	return false;
}

/*
 * Open the table of a schema.  False, with nothing left open, where there is
 * no such table or a statement has to do it.
 */
bool
direct_table_open(DirectTable *table, TableFacts *facts, Oid schema)
{
	Oid			relid;

	memset(table, 0, sizeof(DirectTable));
	table->context = CurrentMemoryContext;
	if (!direct_access_enabled)
		return direct_table_refuse(facts, "switched off");

	register_facts(facts);
	relid = lock_table(facts, schema);
	if (!OidIsValid(relid))
		return false;
	table->rel = table_open(relid, NoLock);

	if (!facts->valid || facts->relid != relid)
	{
		uint64		before = forgotten;

		facts->valid = false;
		/* Of the table that it was before nothing will be heard */
		if (facts->relid != relid)
			facts->version++;
		facts->schema = schema;
		facts->relid = relid;
		facts->unsafe = unsafe_table(table->rel);
		if (!facts->unsafe)
			facts->unsafe = facts->examine(facts, table->rel);
		compat_injection_point("botsession-table-examined");
		facts->valid = forgotten == before;
	}
	if (facts->unsafe)
	{
		table_close(table->rel, NoLock);
		return direct_table_refuse(facts, facts->unsafe);
	}

	compat_make_range_table(&table->range, table->rel);
	return true;
}

/*
 * May the current user look into the schema of a table?
 */
AclResult
direct_table_schema_aclcheck(const DirectTable *table)
{
	return compat_schema_aclcheck(RelationGetNamespace(table->rel),
								  GetUserId(), ACL_USAGE);
}

/*
 * Do policies apply to the current user?
 */
bool
direct_table_is_secured(const DirectTable *table)
{
	return table->rel->rd_rel->relrowsecurity &&
		check_enable_rls(RelationGetRelid(table->rel), InvalidOid,
						 true) == RLS_ENABLED;
}

/*
 * Make what the executor needs to write a row.
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
	/* Where triggers that are queued look for it */
	estate->es_opened_result_relations = list_make1(table->relinfo);
	table->estate = estate;
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Make what the executor needs to fire triggers, as InitResultRelInfo() does: a
 * copy of them, which is returned.
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
 * Update the row at tid to what the slot holds: what ExecSimpleRelationUpdate()
 * does for a table without BEFORE triggers, generated columns and partitions.
 * It would open all indexes for the few updates that have to write to one, and
 * raises an error where somebody else has changed the row: this returns false
 * then, with nothing done.
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
		if (relinfo->ri_NumIndices == 0)
			ExecOpenIndices(relinfo, false);
		recheck = compat_insert_index_tuples(relinfo, slot, estate,
											 update_indexes);
	}

	ExecARUpdateTriggers(estate, relinfo, NULL, NULL, tid, NULL, slot,
						 recheck, NULL, false);
	list_free(recheck);
	return true;
}

/*
 * Close the table; its lock stays until the transaction ends, as after a
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
