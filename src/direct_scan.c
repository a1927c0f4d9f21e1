/*-------------------------------------------------------------------------
 *
 * direct_scan.c
 *		Finding rows by the primary key without a statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/transam.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "direct_scan.h"

/*
 * Open the index of the primary key of an open table, whose columns are of
 * type text.
 */
void
direct_scan_open(DirectScan *scan, const DirectTable *table, Oid key,
				 LOCKMODE lockmode)
{
	scan->table = table;
	scan->index = index_open(key, lockmode);
	scan->scan = NULL;
}

/*
 * Returns true if the index may have broken HOT chains, by the planner's rule.
 */
bool
direct_scan_key_is_young(const DirectScan *scan)
{
	Relation	index = scan->index;

	return index->rd_index->indcheckxmin &&
		!TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							   TransactionXmin);
}

/*
 * Close the index.
 */
void
direct_scan_close(DirectScan *scan)
{
	if (scan->scan)
		index_endscan(scan->scan);
	index_close(scan->index, NoLock);
}

/*
 * Fetch the version that the active snapshot sees of the row whose versions
 * begin at root.
 *
 * This does what the heap's own function does, but prunes the page only where
 * the next version might not fit.  The heap does it on every look at a page
 * that is nine tenths full, as the pages of this table always are.
 */
static bool
direct_scan_fetch(Relation rel, ItemPointer root, DirectScanPurpose purpose,
				  TupleTableSlot *slot, bool *all_dead)
{
	HeapTuple	tuple = &((BufferHeapTupleTableSlot *) slot)->base.tupdata;
	Buffer		buffer;
	bool		found;
	bool		pruned = false;

	ExecClearTuple(slot);
	buffer = ReadBuffer(rel, ItemPointerGetBlockNumber(root));
	for (;;)
	{
		ItemPointerData tid = *root;

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		found = heap_hot_search_buffer(&tid, rel, buffer, GetActiveSnapshot(),
									   tuple, all_dead, true);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		tuple->t_self = tid;

		if (!found || purpose != SCAN_TO_UPDATE || pruned ||
			PageGetHeapFreeSpace(BufferGetPage(buffer)) >= 2 * MAXALIGN(tuple->t_len))
			break;
		compat_page_prune(rel, buffer);
		pruned = true;
	}

	if (!found)
	{
		ReleaseBuffer(buffer);
		return false;
	}
	slot->tts_tableOid = RelationGetRelid(rel);
	ExecStorePinnedBufferHeapTuple(tuple, slot, buffer);
	return true;
}

/*
 * Find the row with that key, of one column, as the active snapshot sees it, and
 * store it in the slot, which is one for rows of this table.
 */
bool
direct_scan_find(DirectScan *scan, text *value, DirectScanPurpose purpose,
				 TupleTableSlot *slot)
{
	return direct_scan_find_key(scan, &value, 1, purpose, slot);
}

/*
 * The same, for a key of n columns.
 */
bool
direct_scan_find_key(DirectScan *scan, text *const *values, int n,
					 DirectScanPurpose purpose, TupleTableSlot *slot)
{
	ScanKeyData keys[DIRECT_SCAN_MAX_KEYS];
	MemoryContext oldcontext;
	ItemPointer tid;
	bool		all_dead;
	bool		found = false;

	Assert(n <= DIRECT_SCAN_MAX_KEYS);
	for (int i = 0; i < n; i++)
		ScanKeyEntryInitialize(&keys[i], 0, i + 1, BTEqualStrategyNumber,
							   InvalidOid, scan->index->rd_indcollation[i],
							   F_TEXTEQ, PointerGetDatum(values[i]));

	/* What the scan allocates has to last as long as the scan */
	oldcontext = MemoryContextSwitchTo(scan->table->context);
	if (scan->scan == NULL)
		scan->scan = compat_index_beginscan(scan->table->rel, scan->index,
											GetActiveSnapshot(), n);
	scan->scan->xs_snapshot = GetActiveSnapshot();
	index_rescan(scan->scan, keys, n, NULL, 0);

	while (!found &&
		   (tid = index_getnext_tid(scan->scan, ForwardScanDirection)) != NULL)
	{
		found = direct_scan_fetch(scan->table->rel, tid, purpose, slot, &all_dead);
		if (found)
			pgstat_count_heap_fetch(scan->index);
		/* Let the index forget it, as index_fetch_heap() does */
		scan->scan->kill_prior_tuple = !found && all_dead;
	}
	MemoryContextSwitchTo(oldcontext);
	return found;
}
