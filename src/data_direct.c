/*-------------------------------------------------------------------------
 *
 * data_direct.c
 *		Access to the rows of table bot_session_data without a statement.
 *
 * A row is found by the primary key and read, or updated or inserted in place
 * of the statement that would do it.  Where the table or the transaction is not
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
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "compat.h"
#include "data_cache.h"
#include "data_direct.h"

struct DataDirect
{
	DirectTable table;
	DirectScan	scan;			/* in the primary key */
	DataCacheEntry entry;		/* a copy, as it was then */
	Oid			userid;			/* who opened it */
	bool		may_insert;		/* if so, without the check of the foreign key */
	bool		insert_prepared;
	TupleTableSlot *found;
	TupleTableSlot *updated;	/* its new version */
};

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
		if (mode & ACL_INSERT)
			permissions->insertedCols =
				bms_add_member(permissions->insertedCols, column);
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
 * Check that what was found as the table was opened still holds.  User functions
 * of a constraint or an index may have changed the role or the table since.
 */
static bool
data_direct_is_current(const DataDirect *direct)
{
	return GetUserId() == direct->userid &&
		data_cache.table.version == direct->entry.table.version &&
		SessionReplicationRole == direct->entry.replication_role &&
		!XactReadOnly;
}

/*
 * Returns true if the row that was found can be updated here.  The check of a
 * foreign key that is not done yet is for a row as this transaction has
 * inserted it, and an update would have to pass it on.
 */
static bool
data_direct_can_update(const DataDirect *direct)
{
	HeapTupleHeader tuple = ((HeapTupleTableSlot *) direct->found)->tuple->t_data;

	return data_direct_is_current(direct) &&
		!(direct->entry.referencing &&
		  TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple)));
}

/*
 * Returns the slot for a version that is to be written, empty.
 */
static TupleTableSlot *
data_direct_version_slot(DataDirect *direct)
{
	if (direct->updated == NULL)
	{
		direct->updated = table_slot_create(direct->table.rel, NULL);
		/* A constraint may ask for it before a row is stored */
		direct->updated->tts_tableOid = RelationGetRelid(direct->table.rel);
	}
	return ExecClearTuple(direct->updated);
}

static void
data_direct_set(DataDirect *direct, DataColumn column, Datum value)
{
	direct->updated->tts_values[direct->entry.attnums[column] - 1] = value;
	direct->updated->tts_isnull[direct->entry.attnums[column] - 1] = false;
}

/*
 * Make the new version of the row that was found, with another value.
 */
static void
data_direct_build_version(DataDirect *direct, text *value)
{
	TupleDesc	tupdesc = RelationGetDescr(direct->table.rel);
	TupleTableSlot *new = data_direct_version_slot(direct);

	slot_getallattrs(direct->found);
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
	data_direct_set(direct, DATA_VALUE, PointerGetDatum(value));
	data_direct_set(direct, DATA_UPDATED_AT, TimestampTzGetDatum(GetCurrentTimestamp()));
	ExecStoreVirtualTuple(new);
}

/*
 * Get ready to write one row.
 */
static EState *
data_direct_prepare_write(DataDirect *direct)
{
	EState	   *estate;

	direct_table_prepare_write(&direct->table);
	estate = direct->table.estate;
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ResetPerTupleExprContext(estate);
	return estate;
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

	estate = data_direct_prepare_write(direct);
	data_direct_build_version(direct, entry->value);
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	updated = direct_table_update(&direct->table, &direct->found->tts_tid,
								  direct->updated);
	MemoryContextSwitchTo(oldcontext);
	compat_injection_point("botsession-data-updated");
	return updated ? DATA_UPDATED : DATA_LEFT;
}

/*
 * Returns true if rows can be inserted here, after the privileges have been
 * checked.
 */
static bool
data_direct_can_insert(DataDirect *direct)
{
	if (!direct->insert_prepared)
	{
		const char *why_not = data_cache_why_no_insert(&direct->entry);

		direct->insert_prepared = true;
		direct->may_insert = why_not == NULL;
		if (why_not)
			(void) table_cache_refuse(&data_cache.table, why_not);
		else
			data_direct_check_privileges(direct, ACL_INSERT);
	}
	return direct->may_insert && data_direct_is_current(direct);
}

/*
 * insert ... values ($1, $2, $3, $4, clock_timestamp()) on conflict do nothing
 *
 * The caller has locked the row of the session, which nobody can delete then,
 * and found no such row.  Returns DATA_ABSENT if a statement has to insert it,
 * and DATA_LEFT if it was inserted meanwhile by a plain statement.
 */
DataWritten
data_direct_insert(DataDirect *direct, text *session_id, const DataEntry *entry)
{
	TupleTableSlot *new;
	EState	   *estate;
	MemoryContext oldcontext;
	bool		inserted;

	if (!data_direct_can_insert(direct))
		return DATA_ABSENT;

	estate = data_direct_prepare_write(direct);
	new = data_direct_version_slot(direct);
	memset(new->tts_isnull, true,
		   RelationGetDescr(direct->table.rel)->natts * sizeof(bool));
	data_direct_set(direct, DATA_SESSION_ID, PointerGetDatum(session_id));
	data_direct_set(direct, DATA_KIND, PointerGetDatum(entry->kind));
	data_direct_set(direct, DATA_KEY, PointerGetDatum(entry->key));
	data_direct_set(direct, DATA_VALUE, PointerGetDatum(entry->value));
	data_direct_set(direct, DATA_UPDATED_AT, TimestampTzGetDatum(GetCurrentTimestamp()));
	ExecStoreVirtualTuple(new);
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	inserted = direct_table_insert(&direct->table, new);
	MemoryContextSwitchTo(oldcontext);
	return inserted ? DATA_INSERTED : DATA_LEFT;
}
