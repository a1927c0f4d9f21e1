/*-------------------------------------------------------------------------
 *
 * event_direct.c
 *		Insertion into table bot_session_events without a statement.
 *
 * The table has to be as the migration makes it, so that no code of a user's
 * runs here as the owner.  With one more column, a trigger, a constraint or an
 * index with an expression a statement inserts the event.
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

#include "botsession.h"
#include "compat.h"
#include "direct_table.h"
#include "event_direct.h"
#include "owner_switch.h"

typedef struct EventCacheEntry
{
	TableCacheEntry table;
	AttrNumber	attnums[NUM_EVENT_COLUMNS];
	AttrNumber	id;				/* number of the column event_id */
	Oid			sequence;		/* where event_id comes from */
} EventCacheEntry;

static const char *event_cache_build(TableCacheEntry *entry, Relation rel,
									 LOCKMODE lockmode);

static EventCacheEntry event_cache = {
	.table = {
		.relname = EVENT_TABLE_NAME,
		.build = event_cache_build
	}
};

const ColumnInfo event_columns[NUM_EVENT_COLUMNS] =
{
	[EVENT_SESSION_ID] = {"session_id", TEXTOID},
	[EVENT_KIND] = {"event", TEXTOID},
	[EVENT_REASON] = {"reason", TEXTOID},
	[EVENT_ACTOR_ROLE] = {"actor_role", TEXTOID},
	[EVENT_ACTOR_SUB] = {"actor_sub", TEXTOID},
	[EVENT_HAPPENED_AT] = {"happened_at", TIMESTAMPTZOID},
};

/*
 * Find our columns, and check that there are no others.
 */
static const char *
event_cache_columns(EventCacheEntry *event, Relation rel)
{
	static const ColumnInfo id = {"event_id", INT8OID};
	TupleDesc	tupdesc = RelationGetDescr(rel);
	bool		identity;
	int			ncolumns = 0;
	const char *why_not;

	why_not = table_cache_columns(rel, event_columns, NUM_EVENT_COLUMNS,
								  event->attnums);
	if (why_not)
		return why_not;
	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, event->attnums[i] - 1);

		if (att->attidentity != '\0' || att->attgenerated != '\0')
			return "generated column";
	}

	identity = columns_find(tupdesc, &id, 1, &event->id) == NULL &&
		TupleDescAttr(tupdesc, event->id - 1)->attidentity != '\0';
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (!TupleDescAttr(tupdesc, i)->attisdropped)
			ncolumns++;
	}
	if (ncolumns > NUM_EVENT_COLUMNS + (identity ? 1 : 0))
		return "other column";
	return identity ? NULL : "no identity";
}

/*
 * Examine the table: fills the entry.
 */
static const char *
event_cache_build(TableCacheEntry *entry, Relation rel, LOCKMODE lockmode)
{
	EventCacheEntry *event = (EventCacheEntry *) entry;
	const char *why_not;

	why_not = event_cache_columns(event, rel);
	if (!why_not && rel->trigdesc)
		why_not = "trigger";
	if (!why_not && rel->rd_rel->relchecks > 0)
		why_not = "check constraint";
	if (!why_not)
		why_not = table_cache_indexes(rel, lockmode);
	if (!why_not)
		event->sequence = compat_identity_sequence(rel, event->id);
	return why_not;
}

/*
 * insert into bot_session_events (...) values (...)
 */
static void
event_direct_write(DirectTable *table, const EventCacheEntry *entry,
				   const Datum *values, const bool *isnull)
{
	CompatPermissions *permissions = table->range.permissions;
	EState	   *estate;
	TupleTableSlot *slot;
	MemoryContext oldcontext;

	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
		permissions->insertedCols =
			bms_add_member(permissions->insertedCols,
						   entry->attnums[i] - FirstLowInvalidHeapAttributeNumber);
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
		slot->tts_values[entry->attnums[i] - 1] = values[i];
		slot->tts_isnull[entry->attnums[i] - 1] = isnull[i];
	}
	/* A table's own sequence needs no privilege */
	slot->tts_values[entry->id - 1] =
		Int64GetDatum(nextval_internal(entry->sequence, false));
	slot->tts_isnull[entry->id - 1] = false;
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
 * Returns true if the table is known to take events without a statement.
 */
bool
event_is_direct(Oid schema)
{
	const TableCacheEntry *entry = &event_cache.table;

	return entry->valid && entry->schema == schema && !entry->why_not;
}

/*
 * Insert an event, as the owner of the table.  Returns false, with nothing
 * done, if a statement has to do it.
 */
bool
event_direct_insert(Oid schema, const Datum *values, const bool *isnull)
{
	DirectTable table;
	EventCacheEntry entry;
	Oid			save_userid;
	int			save_sec_context;
	const char *why_not = NULL;

	if (!direct_table_open(&table, &event_cache.table, schema,
						   RowExclusiveLock))
		return false;
	entry = event_cache;

	owner_require(schema, RelationGetRelid(table.rel));
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(table.rel->rd_rel->relowner,
						   save_sec_context | SECURITY_LOCAL_USERID_CHANGE);
	if (direct_table_schema_aclcheck(&table) != ACLCHECK_OK)
		why_not = "schema";
	else if (direct_table_is_secured(&table))
		why_not = "row level security";
	else
		event_direct_write(&table, &entry, values, isnull);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	direct_table_close(&table);

	if (why_not)
		return table_cache_refuse(&event_cache.table, why_not);
	return true;
}
