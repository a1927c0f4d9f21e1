/*-------------------------------------------------------------------------
 *
 * session_direct.c
 *		Access to the rows of table bot_sessions without a statement.
 *
 * A row is found by the primary key, locked, and updated by session_update.c.
 * That costs half of what the statement costs, and no caller can tell the
 * difference: where a table or a transaction is not known to be an ordinary
 * case, session_direct_open() steps aside and SPI does the work.
 *
 * Our own triggers are not fired through the trigger manager: session_table.c
 * does in place what they would do.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "botsession.h"
#include "compat.h"
#include "session_direct.h"

static const char *session_direct_why_not(const SessionDirect *direct);

/*
 * Open the table of a schema, allocated in the current context.  Returns NULL,
 * with everything closed again, if SPI has to access it.
 */
SessionDirect *
session_direct_open(Oid schema, LOCKMODE lockmode)
{
	SessionDirect *direct = palloc0_object(SessionDirect);
	const SessionCacheEntry *entry;
	CompatPermissions *permissions;
	const char *why_not;
	AclResult	acl;

	entry = session_cache_open(&direct->table, schema, lockmode);
	if (entry == NULL)
		return NULL;
	direct->entry = *entry;
	direct->userid = GetUserId();
	direct_scan_open(&direct->scan, &direct->table, direct->entry.key, lockmode);

	acl = direct_table_schema_aclcheck(&direct->table);
	if (acl != ACLCHECK_OK)
		aclcheck_error(acl, OBJECT_SCHEMA, schema_name(schema));

	why_not = session_direct_why_not(direct);
	if (why_not)
	{
		session_direct_close(direct);
		session_cache_refuse(why_not);
		return NULL;
	}

	permissions = direct->table.range.permissions;
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		permissions->selectedCols =
			bms_add_member(permissions->selectedCols,
						   direct->entry.attnums[i] - FirstLowInvalidHeapAttributeNumber);
	return direct;
}

/*
 * Returns why this transaction cannot access the table without a statement, or
 * NULL.
 *
 * Above READ COMMITTED a row that has changed since the snapshot is an error,
 * which the statement raises.  A read-only transaction does not get here.
 */
static const char *
session_direct_why_not(const SessionDirect *direct)
{
	if (XactIsoLevel != XACT_READ_COMMITTED &&
		XactIsoLevel != XACT_READ_UNCOMMITTED)
		return "isolation level";
	if (direct_table_is_secured(&direct->table))
		return "row level security";
	if (direct_scan_key_is_young(&direct->scan))
		return "primary key too young";
	return NULL;
}

/*
 * Take a stronger lock on the table.  What another transaction has changed
 * before it was granted is noticed by session_direct_is_current().
 */
void
session_direct_lock_table(SessionDirect *direct, LOCKMODE lockmode)
{
	LockRelationOid(RelationGetRelid(direct->table.rel), lockmode);
}

/*
 * Check that the conditions established by session_direct_open() still hold.
 * User functions called since then may have changed the role, the table or its
 * triggers.  If so, the rest of the call goes through SPI, which checks them
 * per statement.  Rows already fetched stay valid.
 */
bool
session_direct_is_current(SessionDirect *direct)
{
	if (!direct->outdated &&
		(GetUserId() != direct->userid ||
		 !session_cache_is_current(&direct->entry) ||
		 XactReadOnly))
	{
		direct->outdated = true;
		session_cache_refuse("changed meanwhile");
	}
	return !direct->outdated;
}

/*
 * Close what session_direct_open() opened.
 */
void
session_direct_close(SessionDirect *direct)
{
	Assert(!direct->snapshot_active);
	ExecResetTupleTable(direct->slots, false);
	direct_scan_close(&direct->scan);
	direct_table_close(&direct->table);
}

/*
 * Begin what would be one statement.  Its snapshot stays active until
 * session_direct_end(): between a row that is found and its lock, the versions
 * that lead to the last one must not be pruned away.
 */
void
session_direct_begin(SessionDirect *direct)
{
	Assert(!direct->snapshot_active);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	direct->snapshot_active = true;
}

/*
 * End what session_direct_begin() began.  What comes next sees its changes.
 */
void
session_direct_end(SessionDirect *direct)
{
	Assert(direct->snapshot_active);
	direct->snapshot_active = false;
	PopActiveSnapshot();
	CommandCounterIncrement();
}

/*
 * Returns a new slot for a row of the table.  It lasts until the table is
 * closed.
 */
TupleTableSlot *
session_direct_make_slot(SessionDirect *direct)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(direct->table.context);
	TupleTableSlot *slot = table_slot_create(direct->table.rel,
											 &direct->slots);

	/* A constraint may ask for it before a row is stored */
	slot->tts_tableOid = RelationGetRelid(direct->table.rel);
	MemoryContextSwitchTo(oldcontext);
	return slot;
}

/*
 * Read our columns of a slot.  The values are good as long as the slot is not
 * filled anew.
 */
void
session_direct_get_row(const SessionDirect *direct, TupleTableSlot *slot,
					   SessionRow *row)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row->values[i] = slot_getattr(slot, direct->entry.attnums[i],
									  &row->isnull[i]);
}

/*
 * Check the privilege to read or to lock our columns, once.
 */
static void
session_direct_check_mode(SessionDirect *direct, AclMode mode)
{
	if ((direct->permitted & mode) == mode)
		return;
	direct->table.range.permissions->requiredPerms = mode;
	compat_check_permissions(&direct->table.range);
	direct->permitted |= mode;
}

/*
 * Make ready to find a row that is to be locked or updated.
 */
static void
session_direct_prepare_lock(SessionDirect *direct)
{
	session_direct_check_mode(direct, ACL_SELECT | ACL_UPDATE);
	if (direct->found == NULL)
		direct->found = session_direct_make_slot(direct);
}

/*
 * select ... where session_id = $1
 */
bool
session_direct_read(SessionDirect *direct, text *session_id, SessionRow *row)
{
	bool		found;

	session_direct_check_mode(direct, ACL_SELECT);
	if (direct->read == NULL)
		direct->read = session_direct_make_slot(direct);
	session_direct_begin(direct);
	found = direct_scan_find(&direct->scan, session_id, SCAN_TO_READ,
							 direct->read);
	session_direct_end(direct);
	if (found)
		session_direct_get_row(direct, direct->read, row);
	return found;
}

/*
 * Find a row to be updated.
 */
bool
session_direct_find(SessionDirect *direct, text *session_id, SessionRow *row)
{
	session_direct_prepare_lock(direct);
	compat_injection_point("botsession-snapshot-pushed");
	if (!direct_scan_find(&direct->scan, session_id, SCAN_TO_UPDATE,
						  direct->found))
		return false;
	session_direct_get_row(direct, direct->found, row);
	return true;
}

/*
 * Returns true if no other transaction seems to hold a lock on the row that
 * was found.  A finished locker's XID stays in xmax, and in the next version
 * if that was written under its lock, so this checks whether it still runs.
 *
 * The header is read without the buffer's lock.  A wrong "free" is caught by
 * table_tuple_update(), a wrong "held" costs one lock.
 */
bool
session_direct_found_is_free(const SessionDirect *direct)
{
	HeapTupleHeader tuple = ((HeapTupleTableSlot *) direct->found)->tuple->t_data;
	uint16		infomask = tuple->t_infomask;

	if (infomask & HEAP_XMAX_INVALID)
		return true;
	return HEAP_XMAX_IS_LOCKED_ONLY(infomask) &&
		!(infomask & HEAP_XMAX_IS_MULTI) &&
		(TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetRawXmax(tuple)) ||
		 !TransactionIdIsInProgress(HeapTupleHeaderGetRawXmax(tuple)));
}

/*
 * Lock the row that was found by the active snapshot, or what became of it
 * since.  Returns false if it is gone, or has another session_id now.
 */
bool
session_direct_lock_found(SessionDirect *direct, text *session_id,
						  SessionRow *row)
{
	TupleTableSlot *slot = direct->found;
	ItemPointerData tid = slot->tts_tid;
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_lock(direct->table.rel, &tid, GetActiveSnapshot(),
							  slot, GetCurrentCommandId(false),
							  LockTupleNoKeyExclusive, LockWaitBlock,
							  TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS |
							  TUPLE_LOCK_FLAG_FIND_LAST_VERSION,
							  &failure);
	switch (result)
	{
		case TM_Ok:
			session_direct_get_row(direct, slot, row);
			/* The version we waited for may have another key */
			return !failure.traversed ||
				(!row->isnull[COLUMN_SESSION_ID] &&
				 DatumGetBool(DirectFunctionCall2Coll(texteq,
													  direct->scan.index->rd_indcollation[0],
													  row->values[COLUMN_SESSION_ID],
													  PointerGetDatum(session_id))));
		case TM_SelfModified:
		case TM_Deleted:
			return false;
		default:
			elog(ERROR, "unexpected table_tuple_lock status: %u", result);
			return false;		/* keep compiler quiet */
	}
}

/*
 * Fetch a row that session_direct_lock_many() has locked.  Returns false if it
 * has another version since, by ourselves or by a trigger.
 */
static bool
session_direct_fetch_locked(SessionDirect *direct, text *session_id)
{
	LockedRow  *locked = NULL;

	if (direct->nlocked_rows > 0)
		locked = bsearch(&session_id, direct->locked_rows,
						 direct->nlocked_rows, sizeof(LockedRow),
						 session_id_compare);
	return locked != NULL &&
		table_tuple_fetch_row_version(direct->table.rel, &locked->tid,
									  GetActiveSnapshot(), direct->found);
}

/*
 * select ... where session_id = $1 for no key update
 */
bool
session_direct_lock(SessionDirect *direct, text *session_id, SessionRow *row)
{
	bool		found = true;

	session_direct_prepare_lock(direct);
	session_direct_begin(direct);
	if (session_direct_fetch_locked(direct, session_id))
		session_direct_get_row(direct, direct->found, row);
	else
		found = session_direct_find(direct, session_id, row) &&
			session_direct_lock_found(direct, session_id, row);
	session_direct_end(direct);
	return found;
}

/*
 * select session_id ... where session_id = any ($1)
 * order by session_id collate "C" for no key update
 *
 * The array of those that were found is allocated in the current context; the
 * session_ids are the caller's.  Returns how many there are.
 */
int
session_direct_lock_many(SessionDirect *direct, text **session_ids, int n,
						 text ***locked)
{
	CompatPermissions *permissions = direct->table.range.permissions;
	Bitmapset  *all_columns = permissions->selectedCols;
	text	  **sorted;
	LockedRow  *rows;
	int			nlocked = 0;

	/* Only session_id is read */
	permissions->selectedCols =
		bms_make_singleton(direct->entry.attnums[COLUMN_SESSION_ID] - FirstLowInvalidHeapAttributeNumber);
	permissions->requiredPerms = ACL_SELECT | ACL_UPDATE;
	compat_check_permissions(&direct->table.range);
	permissions->selectedCols = all_columns;

	if (direct->found == NULL)
		direct->found = session_direct_make_slot(direct);
	n = session_ids_sort(session_ids, n, &sorted);
	rows = palloc_array(LockedRow, n);
	*locked = palloc_array(text *, n);
	session_direct_begin(direct);
	for (int i = 0; i < n; i++)
	{
		SessionRow	row;

		CHECK_FOR_INTERRUPTS();
		if (direct_scan_find(&direct->scan, sorted[i], SCAN_TO_UPDATE,
							 direct->found) &&
			session_direct_lock_found(direct, sorted[i], &row))
		{
			rows[nlocked].session_id = sorted[i];
			rows[nlocked].tid = direct->found->tts_tid;
			(*locked)[nlocked++] = sorted[i];
			compat_injection_point("botsession-row-locked");
		}
	}
	session_direct_end(direct);
	pfree(sorted);
	direct->locked_rows = rows;
	direct->nlocked_rows = nlocked;
	return nlocked;
}
