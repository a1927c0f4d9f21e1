/*-------------------------------------------------------------------------
 *
 * bench_floor.c
 *		What recording a message costs at the least: one index look-up and one
 *		heap update, without executor, trigger, lock or permission check.
 *
 * For measuring alone: two sessions that write the same row get an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(floor_update);
PG_FUNCTION_INFO_V1(floor_touch);

/* Columns of the table, which is made like bot_sessions */
#define COLUMN_SESSION_ID	1
#define COLUMN_LAST_MESSAGE	3
#define COLUMN_UPDATED_AT	6
#define NUM_COLUMNS			6

/*
 * Arguments: table, its primary key's index, session_id, last_message.  The
 * result is the new row, as a value of the table's row type where it is asked
 * for.
 */
static Datum
update_row(FunctionCallInfo fcinfo, bool want_row)
{
	Relation	rel = table_open(PG_GETARG_OID(0), RowExclusiveLock);
	Relation	index = index_open(PG_GETARG_OID(1), RowExclusiveLock);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	Datum		values[NUM_COLUMNS] = {0};
	bool		isnull[NUM_COLUMNS] = {0};
	bool		replace[NUM_COLUMNS] = {0};
	ScanKeyData key;
	IndexScanDesc scan;
	HeapTuple	tuple;
	Datum		result = (Datum) 0;
#if PG_VERSION_NUM >= 160000
	TU_UpdateIndexes update_indexes;
#endif

	ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   index->rd_indcollation[0], F_TEXTEQ,
						   PG_GETARG_DATUM(2));
#if PG_VERSION_NUM >= 180000
	scan = index_beginscan(rel, index, GetActiveSnapshot(), NULL, 1, 0);
#else
	scan = index_beginscan(rel, index, GetActiveSnapshot(), 1, 0);
#endif
	index_rescan(scan, &key, 1, NULL, 0);
	if (!index_getnext_slot(scan, ForwardScanDirection, slot))
		elog(ERROR, "no such session");
	index_endscan(scan);

	values[COLUMN_LAST_MESSAGE - 1] = PG_GETARG_DATUM(3);
	replace[COLUMN_LAST_MESSAGE - 1] = true;
	values[COLUMN_UPDATED_AT - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	replace[COLUMN_UPDATED_AT - 1] = true;
	tuple = heap_modify_tuple(ExecFetchSlotHeapTuple(slot, false, NULL),
							  RelationGetDescr(rel), values, isnull, replace);

#if PG_VERSION_NUM >= 160000
	simple_heap_update(rel, &slot->tts_tid, tuple, &update_indexes);
#else
	simple_heap_update(rel, &slot->tts_tid, tuple);
#endif
	if (!HeapTupleIsHeapOnly(tuple))
	{
		values[0] = PG_GETARG_DATUM(2);
		index_insert(index, values, isnull, &tuple->t_self, rel,
					 UNIQUE_CHECK_YES, false, NULL);
	}
	if (want_row)
		result = heap_copy_tuple_as_datum(tuple, RelationGetDescr(rel));

	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	table_close(rel, NoLock);
	return result;
}

/*
 * floor_update(regclass, regclass, text, text) returns void
 */
Datum
floor_update(PG_FUNCTION_ARGS)
{
	update_row(fcinfo, false);
	PG_RETURN_VOID();
}

/*
 * floor_touch(regclass, regclass, text, text) returns the table's row type:
 * the same, with the answer that bot_session_touch gives.
 */
Datum
floor_touch(PG_FUNCTION_ARGS)
{
	return update_row(fcinfo, true);
}
