/*-------------------------------------------------------------------------
 *
 * lease_direct.c
 *		Look-up in table bot_session_leases without a statement.
 *
 * That is what a fence costs: one more look into an index.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "direct_table.h"
#include "lease_table.h"

typedef struct LeaseFacts
{
	TableFacts	table;
	AttrNumber	attnums[NUM_LEASE_COLUMNS];
	Oid			key;			/* index of the primary key */
} LeaseFacts;

static const char *examine(TableFacts *table_facts, Relation rel);

static LeaseFacts lease_facts = {
	.table = {
		.relname = LEASE_TABLE_NAME,
		.lockmode = AccessShareLock,
		.examine = examine
	}
};

static const char *
examine(TableFacts *table_facts, Relation rel)
{
	LeaseFacts *facts = (LeaseFacts *) table_facts;
	const char *unsafe;

	unsafe = direct_table_columns(rel, lease_columns, NUM_LEASE_COLUMNS,
								  facts->attnums);
	if (!unsafe)
		unsafe = direct_table_key(rel, facts->attnums[LEASE_SESSION_ID],
								  facts->table.lockmode, &facts->key);
	return unsafe;
}

/*
 * Check the permission to read the columns that are read.
 */
static void
check_permission(DirectTable *table, const LeaseFacts *facts, bool with_fences)
{
	CompatPermissions *permissions = table->range.permissions;

	for (int i = 0; i < NUM_LEASE_COLUMNS; i++)
	{
		if (i != LEASE_WORKER && (i != LEASE_FENCE || with_fences))
			permissions->selectedCols =
				bms_add_member(permissions->selectedCols,
							   facts->attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	permissions->requiredPerms = ACL_SELECT;
	compat_check_permissions(&table->range);
}

/*
 * Look up the leases of these sessions, in their order, each once.
 */
static int
look_up(const DirectTable *table, const LeaseFacts *facts, Relation index,
		text **session_ids, int n, bool with_fences, Lease *leases)
{
	TupleTableSlot *slot = table_slot_create(table->rel, NULL);
	IndexScanDesc scan;
	int			found = 0;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	compat_injection_point("botsession-lease-snapshot");
	scan = compat_index_beginscan(table->rel, index, GetActiveSnapshot(), 1);
	for (int i = 0; i < n; i++)
	{
		ScanKeyData key;

		CHECK_FOR_INTERRUPTS();
		if (i > 0 && session_id_compare(&session_ids[i - 1], &session_ids[i]) == 0)
			continue;
		ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
							   index->rd_indcollation[0], F_TEXTEQ,
							   PointerGetDatum(session_ids[i]));
		index_rescan(scan, &key, 1, NULL, 0);
		if (index_getnext_slot(scan, ForwardScanDirection, slot))
		{
			Lease	   *lease = &leases[found++];
			bool		isnull;
			Datum		expires_at;

			lease->session_id = session_ids[i];
			if (with_fences)
			{
				Datum		fence = slot_getattr(slot, facts->attnums[LEASE_FENCE],
												 &isnull);

				lease->fence = lease_fence(fence, isnull);
			}
			expires_at = slot_getattr(slot, facts->attnums[LEASE_EXPIRES_AT],
									  &isnull);
			lease->live = !isnull &&
				DatumGetTimestampTz(expires_at) > GetCurrentTimestamp();
		}
	}
	index_endscan(scan);
	PopActiveSnapshot();
	ExecDropSingleTupleTableSlot(slot);
	return found;
}

/*
 * Read the leases of these sessions, in the order of the bytes of session_id.
 * False where a statement has to do it.
 *
 * A trigger needs no permission to see for itself whether there is a lease:
 * it acts as the owner then.
 */
bool
lease_read_direct(Oid schema, text **session_ids, int n, bool with_fences,
				  bool by_trigger, Lease **leases, int *nleases)
{
	DirectTable table;
	LeaseFacts	facts;
	Relation	index;
	const char *unsafe = NULL;

	if (!direct_table_open(&table, &lease_facts.table, schema))
		return false;
	facts = lease_facts;
	index = index_open(facts.key, facts.table.lockmode);

	if (!by_trigger && direct_table_schema_aclcheck(&table) != ACLCHECK_OK)
		unsafe = "schema";
	else if (!by_trigger && direct_table_is_secured(&table))
		unsafe = "row level security";
	else if (direct_table_key_is_young(index))
		unsafe = "primary key too young";
	else
	{
		text	  **sorted = palloc_array(text *, n);

		if (!by_trigger)
			check_permission(&table, &facts, with_fences);
		memcpy(sorted, session_ids, n * sizeof(text *));
		qsort(sorted, n, sizeof(text *), session_id_compare);
		*leases = palloc_array(Lease, n);
		*nleases = look_up(&table, &facts, index, sorted, n, with_fences,
						   *leases);
		pfree(sorted);
	}
	index_close(index, NoLock);
	direct_table_close(&table);

	if (unsafe)
		return direct_table_refuse(&lease_facts.table, unsafe);
	return true;
}
