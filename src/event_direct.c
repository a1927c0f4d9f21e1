/*-------------------------------------------------------------------------
 *
 * event_direct.c
 *		Insertion into table bot_session_events without a statement.
 *
 * The table has to be as the migration makes it, so that nothing of a user's
 * runs here in the name of the owner: any column more, a trigger, a constraint
 * or an index with an expression, and the statement does it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "direct_table.h"
#include "events.h"

typedef struct EventFacts
{
	TableFacts	table;
	AttrNumber	attnums[NUM_EVENT_COLUMNS];
	AttrNumber	id;				/* number of the column event_id */
	Oid			sequence;		/* where event_id comes from */
} EventFacts;

static const char *examine(TableFacts *table_facts, Relation rel);

static EventFacts event_facts = {
	.table = {
		.relname = EVENT_TABLE_NAME,
		.lockmode = RowExclusiveLock,
		.examine = examine
	}
};

/*
 * Find our columns: these, and no others.
 */
static const char *
unsafe_columns(EventFacts *facts, Relation rel)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	int			found = 0;

	facts->id = InvalidAttrNumber;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);
		int			column;

		if (att->attisdropped)
			continue;
		if (att->attidentity != '\0' && att->atttypid == INT8OID &&
			strcmp(NameStr(att->attname), "event_id") == 0)
		{
			facts->id = att->attnum;
			continue;
		}
		for (column = 0; column < NUM_EVENT_COLUMNS; column++)
		{
			if (strcmp(NameStr(att->attname), event_columns[column].name) == 0)
				break;
		}
		if (column == NUM_EVENT_COLUMNS)
			return "other column";
		if (att->attidentity != '\0' || att->attgenerated != '\0')
			return "generated column";
		if (!direct_table_column_fits(att, &event_columns[column]))
			return "type of a column";
		facts->attnums[column] = att->attnum;
		found++;
	}
	if (facts->id == InvalidAttrNumber)
		return "no identity";
	return found == NUM_EVENT_COLUMNS ? NULL : "missing column";
}

/*
 * No index may call a function of a user's.
 */
static const char *
unsafe_indexes(Relation rel)
{
	List	   *indexes = RelationGetIndexList(rel);
	const char *unsafe = NULL;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), RowExclusiveLock);

		if (!heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs, NULL) ||
			!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
			unsafe = "index with an expression";
		else if (index->rd_index->indisexclusion)
			unsafe = "exclusion constraint";
		for (int i = 0; i < index->rd_index->indnkeyatts; i++)
		{
			if (index->rd_opfamily[i] >= FirstNormalObjectId)
				unsafe = "operator class of an index";
		}
		index_close(index, NoLock);
	}
	list_free(indexes);
	return unsafe;
}

static const char *
examine(TableFacts *table_facts, Relation rel)
{
	EventFacts *facts = (EventFacts *) table_facts;
	const char *unsafe;

	unsafe = unsafe_columns(facts, rel);
	if (!unsafe && rel->trigdesc)
		unsafe = "trigger";
	if (!unsafe && rel->rd_rel->relchecks > 0)
		unsafe = "check constraint";
	if (!unsafe)
		unsafe = unsafe_indexes(rel);
	if (!unsafe)
		facts->sequence = compat_identity_sequence(rel, facts->id);
	return unsafe;
}

/*
 * insert into bot_session_events (...) values (...)
 */
static void
insert(DirectTable *table, const EventFacts *facts, const Datum *values,
	   const bool *isnull)
{
	CompatPermissions *permissions = table->range.permissions;
	EState	   *estate;
	TupleTableSlot *slot;
	MemoryContext oldcontext;

	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
		permissions->insertedCols =
			bms_add_member(permissions->insertedCols,
						   facts->attnums[i] - FirstLowInvalidHeapAttributeNumber);
	permissions->requiredPerms = ACL_INSERT;
	compat_check_permissions(&table->range);

	direct_table_prepare_write(table);
	estate = table->estate;
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	ExecOpenIndices(table->relinfo, false);

	slot = table_slot_create(table->rel, &estate->es_tupleTable);
	memset(slot->tts_isnull, true,
		   RelationGetDescr(table->rel)->natts * sizeof(bool));
	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
	{
		slot->tts_values[facts->attnums[i] - 1] = values[i];
		slot->tts_isnull[facts->attnums[i] - 1] = isnull[i];
	}
	/* A table's own sequence needs no privilege */
	slot->tts_values[facts->id - 1] =
		Int64GetDatum(nextval_internal(facts->sequence, false));
	slot->tts_isnull[facts->id - 1] = false;
	ExecStoreVirtualTuple(slot);

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ExecSimpleRelationInsert(table->relinfo, estate, slot);
	compat_injection_point("botsession-event-inserted");
	PopActiveSnapshot();
	CommandCounterIncrement();
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Is the table known to take events without a statement?
 */
bool
event_is_direct(Oid schema)
{
	const TableFacts *facts = &event_facts.table;

	return facts->valid && facts->schema == schema && !facts->unsafe;
}

/*
 * Insert an event, as the owner of the table.  False, with nothing done, where
 * a statement has to do it.
 */
bool
event_insert_direct(Oid schema, const Datum *values, const bool *isnull)
{
	DirectTable table;
	EventFacts	facts;
	Oid			save_userid;
	int			save_sec_context;
	const char *unsafe = NULL;

	if (!direct_table_open(&table, &event_facts.table, schema))
		return false;
	facts = event_facts;

	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(table.rel->rd_rel->relowner,
						   save_sec_context | SECURITY_LOCAL_USERID_CHANGE);
	if (direct_table_schema_aclcheck(&table) != ACLCHECK_OK)
		unsafe = "schema";
	else if (direct_table_is_secured(&table))
		unsafe = "row level security";
	else
		insert(&table, &facts, values, isnull);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	direct_table_close(&table);

	if (unsafe)
		return direct_table_refuse(&event_facts.table, unsafe);
	return true;
}
