/*-------------------------------------------------------------------------
 *
 * lease_direct.c
 *		Reading table bot_session_leases without a statement.
 *
 * The check of a fence costs one more look into an index.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/snapmgr.h"

#include "botsession.h"
#include "compat.h"
#include "direct_scan.h"
#include "lease_direct.h"
#include "session_row.h"

typedef struct LeaseCacheEntry
{
	TableCacheEntry table;
	AttrNumber	attnums[NUM_LEASE_COLUMNS];
	Oid			key;			/* index of the primary key */
} LeaseCacheEntry;

static const char *lease_cache_build(TableCacheEntry *entry, Relation rel,
									 LOCKMODE lockmode);

static LeaseCacheEntry lease_cache = {
	.table = {
		.relname = LEASE_TABLE_NAME,
		.build = lease_cache_build
	}
};

/*
 * Examine the table: fills the entry.
 */
static const char *
lease_cache_build(TableCacheEntry *entry, Relation rel, LOCKMODE lockmode)
{
	LeaseCacheEntry *lease = (LeaseCacheEntry *) entry;
	const char *why_not;

	why_not = table_cache_columns(rel, lease_columns, NUM_LEASE_COLUMNS,
								  lease->attnums);
	if (!why_not)
		why_not = table_cache_key(rel, &lease->attnums[LEASE_SESSION_ID], 1,
								  lockmode, &lease->key);
	return why_not;
}

/*
 * Check the privilege to read the columns that are read.
 */
static void
lease_check_privileges(DirectTable *table, const LeaseCacheEntry *entry,
					   int flags)
{
	CompatPermissions *permissions = table->range.permissions;

	for (int i = 0; i < NUM_LEASE_COLUMNS; i++)
	{
		if (i != LEASE_WORKER &&
			(i != LEASE_FENCE || (flags & LEASE_WITH_FENCES)))
			permissions->selectedCols =
				bms_add_member(permissions->selectedCols,
							   entry->attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	permissions->requiredPerms = ACL_SELECT;
	compat_check_permissions(&table->range);
}

/*
 * Look up the leases of these sessions, which are sorted, each once.  Returns
 * how many were found.
 */
static int
lease_scan(DirectScan *scan, const LeaseCacheEntry *entry,
		   text **session_ids, int n, int flags, Lease *leases)
{
	TupleTableSlot *slot = table_slot_create(scan->table->rel, NULL);
	int			nleases = 0;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	compat_injection_point("botsession-lease-snapshot");
	for (int i = 0; i < n; i++)
	{
		Lease	   *lease = &leases[nleases];
		bool		isnull;
		Datum		value;

		CHECK_FOR_INTERRUPTS();
		if (!direct_scan_find(scan, session_ids[i], SCAN_TO_READ, slot))
			continue;

		lease->session_id = session_ids[i];
		if (flags & LEASE_WITH_FENCES)
		{
			value = slot_getattr(slot, entry->attnums[LEASE_FENCE], &isnull);
			lease->fence = lease_row_fence(value, isnull);
		}
		value = slot_getattr(slot, entry->attnums[LEASE_EXPIRES_AT], &isnull);
		lease->live = lease_row_is_live(value, isnull);
		nleases++;
	}
	PopActiveSnapshot();
	ExecDropSingleTupleTableSlot(slot);
	return nleases;
}

/*
 * Read the leases of these sessions, ordered by the bytes of session_id.  They
 * are allocated in the current context, the session_ids are the caller's.
 * Returns false if a statement has to do it.
 *
 * LEASE_AS_OWNER is for the triggers, which see for themselves whether there
 * is a lease before they act as the owner.
 */
bool
lease_direct_read(Oid schema, text **session_ids, int n, int flags,
				  Lease **leases, int *nleases)
{
	DirectTable table;
	LeaseCacheEntry entry;
	DirectScan	scan;
	bool		as_owner = (flags & LEASE_AS_OWNER) != 0;
	const char *why_not = NULL;

	if (!direct_table_open(&table, &lease_cache.table, schema,
						   AccessShareLock))
		return false;
	entry = lease_cache;
	direct_scan_open(&scan, &table, entry.key, AccessShareLock);

	if (!as_owner && direct_table_schema_aclcheck(&table) != ACLCHECK_OK)
		why_not = "schema";
	else if (!as_owner && direct_table_is_secured(&table))
		why_not = "row level security";
	else if (direct_scan_key_is_young(&scan))
		why_not = "primary key too young";
	else
	{
		text	  **sorted;
		int			nsorted;

		if (!as_owner)
			lease_check_privileges(&table, &entry, flags);
		nsorted = session_ids_sort(session_ids, n, &sorted);
		*leases = palloc_array(Lease, nsorted);
		*nleases = lease_scan(&scan, &entry, sorted, nsorted, flags, *leases);
		pfree(sorted);
	}
	direct_scan_close(&scan);
	direct_table_close(&table);

	if (why_not)
		return table_cache_refuse(&lease_cache.table, why_not);
	return true;
}
