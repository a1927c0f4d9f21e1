/*-------------------------------------------------------------------------
 *
 * session_direct.c
 *		Access to the rows of table bot_sessions without a statement.
 *
 * The row is found by the primary key and updated through the executor's entry
 * point for updates that have no plan; it is locked in between only where that
 * makes a difference.  That costs half of what the statement costs, and must
 * not be told from it: wherever a table or a transaction is not known to be an
 * ordinary case, direct_open() steps aside and SPI does the work.
 *
 * Our own triggers are not fired through the trigger manager: what they would
 * do is done in place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "botsession.h"
#include "compat.h"
#include "direct_table.h"
#include "session_access.h"
#include "triggers.h"

/* What there is to know of the table; columns as bits, 1 << SessionColumn. */
typedef struct SessionFacts
{
	TableFacts	table;
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	Oid			key;			/* index of the primary key */
	int			keys;			/* columns that foreign keys can refer to */
	bool		dropped;		/* are there columns that were? */

	/* What fires on an update, with session_replication_role as it was */
	int			replication_role;
	bool		maintained;		/* bot_session_maintain, done in place */
	bool		audited;		/* bot_session_audit, done in place */
	Oid			audit_trigger;
	bool		referenced;		/* foreign keys of other tables */
	bool		referencing;	/* foreign keys of this one */
	bool		others;			/* AFTER triggers of users */
} SessionFacts;

/* A row of a batch, locked */
typedef struct LockedRow
{
	text	   *session_id;
	ItemPointerData tid;
} LockedRow;

struct DirectAccess
{
	Oid			schema;
	Oid			userid;			/* who opened it */
	SessionFacts facts;			/* as they were then */
	bool		outdated;		/* that has changed */
	DirectTable table;
	Relation	index;			/* of the primary key */
	IndexScanDesc scan;			/* in it, once there was one */
	List	   *slots;

	TupleTableSlot *found;		/* the row to be updated */
	bool		unlocked;		/* by a snapshot that is still active */
	TupleTableSlot *updated;	/* what was made of it */
	TupleTableSlot *read;		/* a row that was only read */
	AclMode		permitted;		/* checked: to read, to lock */
	Bitmapset  *settable[1 << NUM_SESSION_COLUMNS]; /* checked: to set these */

	LockedRow  *locked_rows;	/* by direct_lock_many(), in its order */
	int			nlocked_rows;
};

static const char *examine(TableFacts *table_facts, Relation rel);
static const char *unsafe_transaction(void);
static const char *unsafe_columns(SessionFacts *facts, Relation rel);
static const char *unsafe_triggers(SessionFacts *facts, Relation rel);
static bool find(DirectAccess *direct, text *session_id, bool to_update,
				 TupleTableSlot *slot);
static void fill_row(DirectAccess *direct, TupleTableSlot *slot,
					 SessionRow *row);

static SessionFacts session_facts = {
	.table = {
		.relname = SESSION_TABLE_NAME,
		.examine = examine
	}
};

/*
 * Open the table of a schema for direct access.  NULL, with everything closed
 * again, where SPI has to do it.
 */
DirectAccess *
direct_open(Oid schema, LOCKMODE lockmode)
{
	DirectAccess *direct = palloc0_object(DirectAccess);
	const char *unsafe;
	AclResult	acl;

	if (session_facts.replication_role != SessionReplicationRole)
		session_facts.table.valid = false;
	session_facts.table.lockmode = lockmode;
	if (!direct_table_open(&direct->table, &session_facts.table, schema))
		return NULL;

	direct->schema = schema;
	direct->userid = GetUserId();
	direct->facts = session_facts;
	direct->index = index_open(direct->facts.key, direct->facts.table.lockmode);

	acl = direct_table_schema_aclcheck(&direct->table);
	if (acl != ACLCHECK_OK)
		aclcheck_error(acl, OBJECT_SCHEMA, get_schema_name(schema));

	unsafe = unsafe_transaction();
	if (!unsafe && direct_table_is_secured(&direct->table))
		unsafe = "row level security";
	if (!unsafe && direct_table_key_is_young(direct->index))
		unsafe = "primary key too young";
	if (unsafe)
	{
		direct_close(direct);
		direct_table_refuse(&session_facts.table, unsafe);
		return NULL;
	}

	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		direct->table.range.permissions->selectedCols =
			bms_add_member(direct->table.range.permissions->selectedCols,
						   direct->facts.attnums[i] - FirstLowInvalidHeapAttributeNumber);
	return direct;
}

/*
 * Close what direct_open() opened.
 */
void
direct_close(DirectAccess *direct)
{
	Assert(!direct->unlocked);
	ExecResetTupleTable(direct->slots, false);
	if (direct->scan)
		index_endscan(direct->scan);
	index_close(direct->index, NoLock);
	direct_table_close(&direct->table);
}

/*
 * Does still hold what direct access was allowed for?  Functions of users that
 * were called since then may have changed the role, the table and what fires on
 * an update.  If so, what is left to do is for SPI, until the end of the call:
 * each statement asks anew.  What was found stays good.
 */
bool
direct_is_current(DirectAccess *direct)
{
	if (direct->unlocked)
		return true;			/* nothing of a user's comes in between */

	if (!direct->outdated &&
		(GetUserId() != direct->userid ||
		 SessionReplicationRole != direct->facts.replication_role ||
		 session_facts.table.version != direct->facts.table.version ||
		 XactReadOnly))
	{
		direct->outdated = true;
		direct_table_refuse(&session_facts.table, "changed meanwhile");
	}
	return !direct->outdated;
}

/*
 * Above READ COMMITTED a row that has changed since the snapshot is an error;
 * the statement knows how to tell.  A transaction that cannot write at all did
 * not get here.
 */
static const char *
unsafe_transaction(void)
{
	if (XactIsoLevel != XACT_READ_COMMITTED &&
		XactIsoLevel != XACT_READ_UNCOMMITTED)
		return "isolation level";
	return NULL;
}

static const char *
examine(TableFacts *table_facts, Relation rel)
{
	SessionFacts *facts = (SessionFacts *) table_facts;
	const char *unsafe;

	unsafe = unsafe_columns(facts, rel);
	if (!unsafe)
		unsafe = unsafe_triggers(facts, rel);
	if (!unsafe)
		unsafe = direct_table_key(rel, facts->attnums[COLUMN_SESSION_ID],
								  facts->table.lockmode, &facts->key);
	return unsafe;
}

/*
 * Find our columns.  What is wrong with them is for the statement to say.
 */
static const char *
unsafe_columns(SessionFacts *facts, Relation rel)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	const char *unsafe;
	Bitmapset  *keys;

	facts->dropped = false;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			facts->dropped = true;
		else if (TupleDescAttr(tupdesc, i)->attgenerated != '\0')
			return "generated column";
	}
	unsafe = direct_table_columns(rel, session_columns, NUM_SESSION_COLUMNS,
								  facts->attnums);
	if (unsafe)
		return unsafe;

	facts->keys = 0;
	keys = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_KEY);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (bms_is_member(facts->attnums[i] - FirstLowInvalidHeapAttributeNumber,
						  keys))
			facts->keys |= 1 << i;
	}
	bms_free(keys);
	return NULL;
}

/*
 * Does the trigger call our function, attached as the migration does it?
 */
static bool
is_own_trigger(const Trigger *trigger, PGFunction own, Relation rel)
{
	FmgrInfo	function;

	if (trigger->tgnargs != 0 || trigger->tgnattr != 0 ||
		trigger->tgqual != NULL || OidIsValid(trigger->tgconstraint))
		return false;

	fmgr_info(trigger->tgfoid, &function);
	return function.fn_addr == own &&
		get_func_namespace(trigger->tgfoid) == RelationGetNamespace(rel);
}

static bool
is_enabled(const Trigger *trigger)
{
	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		return trigger->tgenabled == TRIGGER_FIRES_ALWAYS ||
			trigger->tgenabled == TRIGGER_FIRES_ON_REPLICA;
	return trigger->tgenabled == TRIGGER_FIRES_ALWAYS ||
		trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN;
}

/*
 * See what fires on an update.
 */
static const char *
unsafe_triggers(SessionFacts *facts, Relation rel)
{
	/* A copy: to look up their functions may build rel's own anew */
	TriggerDesc *trigdesc = CopyTriggerDesc(rel->trigdesc);

	facts->replication_role = SessionReplicationRole;
	facts->maintained = false;
	facts->audited = false;
	facts->audit_trigger = InvalidOid;
	facts->referenced = false;
	facts->referencing = false;
	facts->others = false;

	if (trigdesc == NULL)
		return NULL;
	if (trigdesc->trig_update_before_statement ||
		trigdesc->trig_update_after_statement ||
		trigdesc->trig_update_instead_row ||
		trigdesc->trig_update_new_table ||
		trigdesc->trig_update_old_table)
		return "statement-level trigger";

	for (int i = 0; i < trigdesc->numtriggers; i++)
	{
		Trigger    *trigger = &trigdesc->triggers[i];

		if (!TRIGGER_FOR_ROW(trigger->tgtype) ||
			!TRIGGER_FOR_UPDATE(trigger->tgtype) || !is_enabled(trigger))
			continue;
		if (TRIGGER_FOR_BEFORE(trigger->tgtype))
		{
			if (facts->maintained ||
				!is_own_trigger(trigger, bot_session_maintain, rel))
				return "BEFORE UPDATE trigger";
			facts->maintained = true;
		}
		else if (RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_PK)
			facts->referenced = true;
		else if (RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_FK)
			facts->referencing = true;
		else if (!facts->audited && !facts->others &&
				 is_own_trigger(trigger, bot_session_audit, rel))
		{
			facts->audited = true;
			facts->audit_trigger = trigger->tgoid;
		}
		else
			facts->others = true;
	}
	return NULL;
}

/*
 * Are triggers to be queued when these columns are set?  What refers to other
 * columns need not know.
 */
static bool
fires_triggers(const SessionFacts *facts, int columns)
{
	if (facts->maintained)
		columns |= 1 << COLUMN_UPDATED_AT | 1 << COLUMN_QR_DATA;
	return facts->others || facts->referencing ||
		(facts->referenced && (facts->keys & columns) != 0);
}

static TupleTableSlot *
make_slot(DirectAccess *direct)
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
 * Fetch what the active snapshot sees of the row whose versions begin at tid.
 *
 * As the heap's own function does it, but for when the page is freed from dead
 * versions: not on every look at a page that is nine tenths full, which pages
 * of this table always are, only where the next version might not fit.
 */
static bool
fetch(DirectAccess *direct, ItemPointer root, bool to_update,
	  TupleTableSlot *slot, bool *all_dead)
{
	Relation	rel = direct->table.rel;
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

		if (!found || !to_update || pruned ||
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
 * Find a row, as the active snapshot sees it.
 */
static bool
find(DirectAccess *direct, text *session_id, bool to_update,
	 TupleTableSlot *slot)
{
	ScanKeyData key;
	MemoryContext oldcontext;
	ItemPointer tid;
	bool		all_dead;
	bool		found = false;

	ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   direct->index->rd_indcollation[0], F_TEXTEQ,
						   PointerGetDatum(session_id));

	/* What the index remembers of the scan has to last as long as that */
	oldcontext = MemoryContextSwitchTo(direct->table.context);
	if (direct->scan == NULL)
		direct->scan = compat_index_beginscan(direct->table.rel, direct->index,
											  GetActiveSnapshot(), 1);
	direct->scan->xs_snapshot = GetActiveSnapshot();
	index_rescan(direct->scan, &key, 1, NULL, 0);

	while (!found &&
		   (tid = index_getnext_tid(direct->scan, ForwardScanDirection)) != NULL)
	{
		found = fetch(direct, tid, to_update, slot, &all_dead);
		if (found)
			pgstat_count_heap_fetch(direct->index);
		/* Let the index forget it, as index_fetch_heap() does */
		direct->scan->kill_prior_tuple = !found && all_dead;
	}
	MemoryContextSwitchTo(oldcontext);
	return found;
}

/*
 * The values of a slot; they are good as long as the slot is.
 */
static void
fill_row(DirectAccess *direct, TupleTableSlot *slot, SessionRow *row)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row->values[i] = slot_getattr(slot, direct->facts.attnums[i],
									  &row->isnull[i]);
}

/*
 * Check the permission to read or to lock our columns, once.
 */
static void
check_permission(DirectAccess *direct, AclMode mode)
{
	if ((direct->permitted & mode) == mode)
		return;
	direct->table.range.permissions->requiredPerms = mode;
	compat_check_permissions(&direct->table.range);
	direct->permitted |= mode;
}

/*
 * select ... where session_id = $1
 */
bool
direct_read(DirectAccess *direct, text *session_id, SessionRow *row)
{
	bool		found;

	check_permission(direct, ACL_SELECT);
	if (direct->read == NULL)
		direct->read = make_slot(direct);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = find(direct, session_id, false, direct->read);
	PopActiveSnapshot();
	if (found)
		fill_row(direct, direct->read, row);
	return found;
}

/*
 * Lock the row that was found by the active snapshot, or what became of it
 * since.  False where it is gone, or is another session's now.
 */
static bool
lock_found(DirectAccess *direct, text *session_id, SessionRow *row)
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
			fill_row(direct, slot, row);
			/* The version we waited for may have another key */
			return !failure.traversed ||
				(!row->isnull[COLUMN_SESSION_ID] &&
				 DatumGetBool(DirectFunctionCall2Coll(texteq,
													  direct->index->rd_indcollation[0],
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
 * Fetch a row that direct_lock_many() has locked.  False where it has another
 * version since, by ourselves or by a trigger.
 */
static bool
fetch_locked(DirectAccess *direct, text *session_id)
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
 * Does nobody else hold the row?  The lock of a transaction that has ended stays
 * in it, and in its next version if that was written under it: to lock a row
 * once must not mean to lock it ever after.
 *
 * Who takes a lock right now, or shares one, is for table_tuple_lock() to find
 * out.
 */
static bool
is_free(DirectAccess *direct)
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
 * select ... where session_id = $1 for no key update
 *
 * Unless it is asked for, there is no lock on a row that is free: it would be
 * granted at once, and the update that follows tells whether somebody came in
 * between.  Who holds the row already is waited for here: what is decided
 * after that, and the time that goes into the row, is not from before.
 *
 * The snapshot of a row that is not locked stays active until it is updated or,
 * by another call of this function, locked after all: the versions that lead
 * to the last one must not be pruned away.
 */
bool
direct_find(DirectAccess *direct, text *session_id, bool lock, SessionRow *row)
{
	bool		found = true;

	Assert(lock || !direct->unlocked);
	if (direct->unlocked)
		found = lock_found(direct, session_id, row);
	else
	{
		check_permission(direct, ACL_SELECT | ACL_UPDATE);
		if (direct->found == NULL)
			direct->found = make_slot(direct);
		CommandCounterIncrement();
		PushActiveSnapshot(GetTransactionSnapshot());
		compat_injection_point("botsession-snapshot-pushed");
		if (fetch_locked(direct, session_id))
			fill_row(direct, direct->found, row);
		else if (!find(direct, session_id, true, direct->found))
			found = false;
		else if (lock || !is_free(direct))
			found = lock_found(direct, session_id, row);
		else
		{
			fill_row(direct, direct->found, row);
			direct->unlocked = true;
			return true;
		}
	}
	direct->unlocked = false;
	PopActiveSnapshot();
	return found;
}

/*
 * select session_id ... where session_id = any ($1)
 * order by session_id collate "C" for no key update
 */
int
direct_lock_many(DirectAccess *direct, text **session_ids, int n,
				 text ***locked)
{
	CompatPermissions *permissions = direct->table.range.permissions;
	Bitmapset  *all_columns = permissions->selectedCols;
	text	  **sorted = palloc_array(text *, n);
	LockedRow  *rows = palloc_array(LockedRow, n);
	int			nlocked = 0;

	/* To read session_id is enough */
	permissions->selectedCols =
		bms_make_singleton(direct->facts.attnums[COLUMN_SESSION_ID] - FirstLowInvalidHeapAttributeNumber);
	permissions->requiredPerms = ACL_SELECT | ACL_UPDATE;
	compat_check_permissions(&direct->table.range);
	permissions->selectedCols = all_columns;

	if (direct->found == NULL)
		direct->found = make_slot(direct);
	memcpy(sorted, session_ids, n * sizeof(text *));
	qsort(sorted, n, sizeof(text *), session_id_compare);

	*locked = palloc_array(text *, n);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	for (int i = 0; i < n; i++)
	{
		SessionRow	row;

		CHECK_FOR_INTERRUPTS();
		if (i > 0 && session_id_compare(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		if (find(direct, sorted[i], true, direct->found) &&
			lock_found(direct, sorted[i], &row))
		{
			rows[nlocked].session_id = sorted[i];
			rows[nlocked].tid = direct->found->tts_tid;
			(*locked)[nlocked++] = sorted[i];
			compat_injection_point("botsession-row-locked");
		}
	}
	PopActiveSnapshot();
	pfree(sorted);
	direct->locked_rows = rows;
	direct->nlocked_rows = nlocked;
	return nlocked;
}

/*
 * Check the permission to set these columns, once.  Which they are is also what
 * triggers are told.
 */
static void
check_columns(DirectAccess *direct, int columns)
{
	CompatPermissions *permissions = direct->table.range.permissions;
	Bitmapset  *updated = NULL;
	MemoryContext oldcontext;

	permissions->updatedCols = direct->settable[columns];
	if (permissions->updatedCols)
		return;

	oldcontext = MemoryContextSwitchTo(direct->table.context);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (columns & (1 << i))
			updated = bms_add_member(updated,
									 direct->facts.attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	permissions->updatedCols = updated;
	permissions->requiredPerms = ACL_SELECT | ACL_UPDATE;
	compat_check_permissions(&direct->table.range);
	direct->settable[columns] = updated;
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Make ready what an update needs that queues triggers, that of the audit trail
 * among them or not, or none.
 */
static void
prepare_update(DirectAccess *direct, bool queued, bool audit_queued)
{
	DirectTable *table = &direct->table;
	TriggerDesc *trigdesc;

	direct_table_prepare_write(table);
	if (direct->updated == NULL)
		direct->updated = make_slot(direct);

	trigdesc = queued ? direct_table_prepare_triggers(table) :
		table->relinfo->ri_TrigDesc;
	if (trigdesc == NULL)
		return;
	trigdesc->trig_update_before_row = false;	/* ours, done in place */
	trigdesc->trig_update_after_row = queued;
	for (int i = 0; i < trigdesc->numtriggers; i++)
	{
		Trigger    *trigger = &trigdesc->triggers[i];

		if (trigger->tgoid == direct->facts.audit_trigger)
			trigger->tgenabled = audit_queued ? TRIGGER_FIRES_ALWAYS :
				TRIGGER_DISABLED;
	}
}

/*
 * Have we ourselves changed the row that was found, and locked, since then?  By
 * a function of a user's, which a policy of another table called.
 */
static bool
is_changed(DirectAccess *direct)
{
	HeapTupleHeader tuple = ((HeapTupleTableSlot *) direct->found)->tuple->t_data;

	return !HEAP_XMAX_IS_LOCKED_ONLY(tuple->t_infomask);
}

/*
 * Find it anew.  What was found before stays where it is, for who looks at it
 * later.
 */
static bool
find_changed(DirectAccess *direct, text *session_id)
{
	bool		found;

	direct->found = make_slot(direct);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = find(direct, session_id, true, direct->found);
	PopActiveSnapshot();
	return found;
}

/*
 * update ... set ... where session_id = $1 returning ..., of the row that was
 * found last.  False, with nothing done, where it was not locked and somebody
 * has changed it since.
 */
bool
direct_update(DirectAccess *direct, text *session_id,
			  const SessionChanges *changes, SessionRow *row)
{
	Relation	rel = direct->table.rel;
	TupleTableSlot *old_slot;
	TupleTableSlot *new_slot;
	EState	   *estate;
	int			natts = RelationGetDescr(rel)->natts;
	bool		queued;
	bool		audited;
	bool		audit_queued;
	MemoryContext oldcontext = CurrentMemoryContext;
	SessionRow	before;
	SessionRow	after;
	bool		updated;

	check_columns(direct, changes->columns);
	if (!direct->unlocked && is_changed(direct) &&
		!find_changed(direct, session_id))
		return true;			/* it is gone: nothing to update */

	old_slot = direct->found;
	fill_row(direct, old_slot, &before);
	after = before;
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (changes->columns & (1 << i))
		{
			after.values[i] = changes->to.values[i];
			after.isnull[i] = changes->to.isnull[i];
		}
	}
	if (direct->facts.maintained)
		maintain_row(&before, &after);

	audited = direct->facts.audited && audit_concerns(&before, &after);
	audit_queued = audited && audit_fires_triggers(direct->schema, &after);
	queued = audit_queued || fires_triggers(&direct->facts, changes->columns);
	prepare_update(direct, queued, audit_queued);
	estate = direct->table.estate;
	new_slot = direct->updated;

	slot_getallattrs(old_slot);
	ExecClearTuple(new_slot);
	memcpy(new_slot->tts_values, old_slot->tts_values, natts * sizeof(Datum));
	memcpy(new_slot->tts_isnull, old_slot->tts_isnull, natts * sizeof(bool));
	/* Only updates rid a table of what a dropped column held */
	for (int i = 0; direct->facts.dropped && i < natts; i++)
	{
		if (TupleDescAttr(RelationGetDescr(rel), i)->attisdropped)
			new_slot->tts_isnull[i] = true;
	}
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		new_slot->tts_values[direct->facts.attnums[i] - 1] = after.values[i];
		new_slot->tts_isnull[direct->facts.attnums[i] - 1] = after.isnull[i];
	}
	ExecStoreVirtualTuple(new_slot);

	if (!direct->unlocked)
	{
		CommandCounterIncrement();
		PushActiveSnapshot(GetTransactionSnapshot());
	}
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ResetPerTupleExprContext(estate);

	MemoryContextSwitchTo(estate->es_query_cxt);
	if (queued)
		AfterTriggerBeginQuery();
	updated = direct_table_update(&direct->table, &old_slot->tts_tid, new_slot);
	MemoryContextSwitchTo(oldcontext);
	if (!updated && !direct->unlocked)
		elog(ERROR, "row that was locked has changed");
	compat_injection_point("botsession-row-updated");
	if (updated && audited && !audit_queued)
		audit_change(direct->schema, &before, &after);
	if (queued)
	{
		/* What is kept of the triggers' functions lasts as long as estate */
		MemoryContextSwitchTo(estate->es_query_cxt);
		AfterTriggerEndQuery(estate);
		MemoryContextSwitchTo(oldcontext);
	}
	if (!updated)
	{
		ereport(DEBUG1, (errmsg_internal("session has changed meanwhile")));
		return false;
	}
	direct->unlocked = false;
	PopActiveSnapshot();
	CommandCounterIncrement();

	fill_row(direct, new_slot, row);
	return true;
}
