/*-------------------------------------------------------------------------
 *
 * data_direct.c
 *		Access to the rows of table bot_session_data without a statement.
 *
 * A row is found by the primary key and read, or updated in place of the
 * statement that would update it.  Where the table or the transaction is not
 * known to be an ordinary case, nothing is opened and SPI does the work.
 *
 * The row of the session is locked by those that write, so others write the
 * same rows only by plain statements.  A row that one of those has changed
 * meanwhile is left to a statement, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "compat.h"
#include "data_direct.h"

/* Our columns of the table; the first three are its key. */
typedef enum DataColumn
{
	DATA_SESSION_ID,
	DATA_KIND,
	DATA_KEY,
	DATA_VALUE,
	DATA_UPDATED_AT
} DataColumn;

#define NUM_DATA_COLUMNS	(DATA_UPDATED_AT + 1)
#define NUM_DATA_KEYS		(DATA_KEY + 1)

static const ColumnInfo data_columns[NUM_DATA_COLUMNS] = {
	{"session_id", TEXTOID},
	{"kind", TEXTOID},
	{"key", TEXTOID},
	{"value", TEXTOID},
	{"updated_at", TIMESTAMPTZOID}
};

typedef struct DataCacheEntry
{
	TableCacheEntry table;
	AttrNumber	attnums[NUM_DATA_COLUMNS];
	Oid			key;			/* index of the primary key */
	bool		has_dropped_columns;

	/* Why a statement has to update rows, or NULL */
	const char *why_no_update;
	int			replication_role;	/* that this holds for */
	bool		referencing;	/* has foreign keys */
} DataCacheEntry;

static const char *data_cache_build(TableCacheEntry *entry, Relation rel,
									LOCKMODE lockmode);

static DataCacheEntry data_cache = {
	.table = {
		.relname = DATA_TABLE_NAME,
		.build = data_cache_build
	}
};

struct DataDirect
{
	DirectTable table;
	DirectScan	scan;			/* in the primary key */
	DataCacheEntry entry;		/* a copy, as it was then */
	Oid			userid;			/* who opened it */
	TupleTableSlot *found;
	TupleTableSlot *updated;	/* its new version */
};

/*
 * See what an update of a value has to do besides writing the row.  The only
 * triggers that may be there are those of the table's own foreign keys, which
 * an update of no key does not concern.
 */
static const char *
data_cache_why_no_update(DataCacheEntry *data, Relation rel)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	const TriggerDesc *triggers = rel->trigdesc;

	data->replication_role = SessionReplicationRole;
	data->has_dropped_columns = false;
	data->referencing = false;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			data->has_dropped_columns = true;
		else if (TupleDescAttr(tupdesc, i)->attgenerated != '\0')
			return "generated column";
	}
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (!TRIGGER_FOR_UPDATE(trigger->tgtype) ||
			!table_cache_trigger_fires(trigger))
			continue;
		if (RI_FKey_trigger_type(trigger->tgfoid) != RI_TRIGGER_FK)
			return "UPDATE trigger";
		data->referencing = true;
	}
	return NULL;
}

/*
 * Examine the table: fills the entry.
 */
static const char *
data_cache_build(TableCacheEntry *entry, Relation rel, LOCKMODE lockmode)
{
	DataCacheEntry *data = (DataCacheEntry *) entry;
	const char *why_not;

	why_not = table_cache_columns(rel, data_columns, NUM_DATA_COLUMNS,
								  data->attnums);
	if (!why_not)
		why_not = table_cache_key(rel, data->attnums, NUM_DATA_KEYS, lockmode,
								  &data->key);
	if (!why_not)
		data->why_no_update = data_cache_why_no_update(data, rel);
	return why_not;
}

/*
 * Check the privileges on our columns that a statement would need.
 */
static void
data_direct_check_privileges(DataDirect *direct, AclMode mode)
{
	CompatPermissions *permissions = direct->table.range.permissions;

	for (int i = 0; i < NUM_DATA_COLUMNS; i++)
	{
		int			column = direct->entry.attnums[i] - FirstLowInvalidHeapAttributeNumber;

		if (i != DATA_UPDATED_AT)
			permissions->selectedCols =
				bms_add_member(permissions->selectedCols, column);
		if ((mode & ACL_UPDATE) && i >= NUM_DATA_KEYS)
			permissions->updatedCols =
				bms_add_member(permissions->updatedCols, column);
	}
	permissions->requiredPerms = mode;
	compat_check_permissions(&direct->table.range);
}

/*
 * Returns why this transaction cannot access the table without a statement, or
 * NULL.  Above READ COMMITTED a row that has changed since the snapshot is an
 * error, which the statement raises.
 */
static const char *
data_direct_why_not(const DataDirect *direct, AclMode mode)
{
	if ((mode & ACL_UPDATE) && direct->entry.why_no_update)
		return direct->entry.why_no_update;
	if (XactIsoLevel != XACT_READ_COMMITTED &&
		XactIsoLevel != XACT_READ_UNCOMMITTED)
		return "isolation level";
	/* What is wrong with the privileges is for the statement to say */
	if (direct_table_schema_aclcheck(&direct->table) != ACLCHECK_OK)
		return "schema";
	if (direct_table_is_secured(&direct->table))
		return "row level security";
	if (direct_scan_key_is_young(&direct->scan))
		return "primary key too young";
	return NULL;
}

/*
 * Open the table of a schema, and take the snapshot that all look-ups have in
 * common, as those of a statement.  Returns NULL, with nothing left open, if SPI
 * has to access the table.
 */
static DataDirect *
data_direct_open(Oid schema, LOCKMODE lockmode, AclMode mode)
{
	DataDirect *direct = palloc0_object(DataDirect);
	const char *why_not;

	if (data_cache.replication_role != SessionReplicationRole)
		data_cache.table.valid = false;
	if (!direct_table_open(&direct->table, &data_cache.table, schema, lockmode))
		return NULL;
	direct->entry = data_cache;
	direct->userid = GetUserId();
	direct_scan_open(&direct->scan, &direct->table, direct->entry.key, lockmode);

	why_not = data_direct_why_not(direct, mode);
	if (why_not)
	{
		direct_scan_close(&direct->scan);
		direct_table_close(&direct->table);
		(void) table_cache_refuse(&data_cache.table, why_not);
		return NULL;
	}
	data_direct_check_privileges(direct, mode);
	direct->found = table_slot_create(direct->table.rel, NULL);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	return direct;
}

DataDirect *
data_direct_open_to_read(Oid schema)
{
	return data_direct_open(schema, AccessShareLock, ACL_SELECT);
}

DataDirect *
data_direct_open_to_update(Oid schema)
{
	return data_direct_open(schema, RowExclusiveLock, ACL_SELECT | ACL_UPDATE);
}

/*
 * Close the table.  What comes next sees what was written.
 */
void
data_direct_close(DataDirect *direct)
{
	PopActiveSnapshot();
	CommandCounterIncrement();
	ExecDropSingleTupleTableSlot(direct->found);
	if (direct->updated)
		ExecDropSingleTupleTableSlot(direct->updated);
	direct_scan_close(&direct->scan);
	direct_table_close(&direct->table);
}

/*
 * Find the row of an entry.
 */
static bool
data_direct_find(DataDirect *direct, text *session_id, const DataEntry *entry,
				 DirectScanPurpose purpose)
{
	text	   *const key[NUM_DATA_KEYS] = {session_id, entry->kind, entry->key};

	CHECK_FOR_INTERRUPTS();
	return direct_scan_find_key(&direct->scan, key, NUM_DATA_KEYS, purpose,
								direct->found);
}

/*
 * Read the value of an entry, which is good until the next one is read.  Returns
 * false if there is no such row.
 */
bool
data_direct_read(DataDirect *direct, text *session_id, const DataEntry *entry,
				 Datum *value, bool *isnull)
{
	if (!data_direct_find(direct, session_id, entry, SCAN_TO_READ))
		return false;
	*value = slot_getattr(direct->found, direct->entry.attnums[DATA_VALUE],
						  isnull);
	return true;
}

/*
 * Returns true if the row that was found has that value.
 */
static bool
data_direct_is_equal(DataDirect *direct, text *value)
{
	AttrNumber	attnum = direct->entry.attnums[DATA_VALUE];
	Oid			collation = TupleDescAttr(RelationGetDescr(direct->table.rel),
										  attnum - 1)->attcollation;
	bool		isnull;
	Datum		found = slot_getattr(direct->found, attnum, &isnull);

	return !isnull && DatumGetBool(DirectFunctionCall2Coll(texteq, collation, found,
														   PointerGetDatum(value)));
}

/*
 * Returns true if the row that was found can be updated here.  User functions
 * of a constraint or an index may have changed the role or the table since it
 * was opened.  The check of a foreign key that is not done yet is for a row as
 * this transaction has inserted it, and an update would have to pass it on.
 */
static bool
data_direct_can_update(const DataDirect *direct)
{
	HeapTupleHeader tuple = ((HeapTupleTableSlot *) direct->found)->tuple->t_data;

	return GetUserId() == direct->userid &&
		data_cache.table.version == direct->entry.table.version &&
		SessionReplicationRole == direct->entry.replication_role &&
		!XactReadOnly &&
		!(direct->entry.referencing &&
		  TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple)));
}

/*
 * Make the new version of the row that was found, with another value.
 */
static void
data_direct_build_version(DataDirect *direct, text *value)
{
	TupleDesc	tupdesc = RelationGetDescr(direct->table.rel);
	TupleTableSlot *new;
	AttrNumber	updated_at = direct->entry.attnums[DATA_UPDATED_AT];

	if (direct->updated == NULL)
	{
		direct->updated = table_slot_create(direct->table.rel, NULL);
		/* A constraint may ask for it before a row is stored */
		direct->updated->tts_tableOid = RelationGetRelid(direct->table.rel);
	}
	new = direct->updated;

	slot_getallattrs(direct->found);
	ExecClearTuple(new);
	memcpy(new->tts_values, direct->found->tts_values,
		   tupdesc->natts * sizeof(Datum));
	memcpy(new->tts_isnull, direct->found->tts_isnull,
		   tupdesc->natts * sizeof(bool));
	/* Null out dropped columns, as the executor does, to reclaim their space */
	for (int i = 0; direct->entry.has_dropped_columns && i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			new->tts_isnull[i] = true;
	}
	new->tts_values[direct->entry.attnums[DATA_VALUE] - 1] = PointerGetDatum(value);
	new->tts_isnull[direct->entry.attnums[DATA_VALUE] - 1] = false;
	new->tts_values[updated_at - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	new->tts_isnull[updated_at - 1] = false;
	ExecStoreVirtualTuple(new);
}

/*
 * update ... set value = $4, updated_at = clock_timestamp()
 * where session_id = $1 and kind = $2 and key = $3 and value <> $4
 *
 * The caller has locked the row of the session.
 */
DataWritten
data_direct_update(DataDirect *direct, text *session_id, const DataEntry *entry)
{
	EState	   *estate;
	MemoryContext oldcontext;
	bool		updated;

	if (!data_direct_find(direct, session_id, entry, SCAN_TO_UPDATE))
		return DATA_ABSENT;
	if (data_direct_is_equal(direct, entry->value))
		return DATA_EQUAL;
	if (!data_direct_can_update(direct))
		return DATA_LEFT;

	direct_table_prepare_write(&direct->table);
	estate = direct->table.estate;
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ResetPerTupleExprContext(estate);
	data_direct_build_version(direct, entry->value);
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	updated = direct_table_update(&direct->table, &direct->found->tts_tid,
								  direct->updated);
	MemoryContextSwitchTo(oldcontext);
	compat_injection_point("botsession-data-updated");
	return updated ? DATA_UPDATED : DATA_LEFT;
}
