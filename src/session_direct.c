/*-------------------------------------------------------------------------
 *
 * session_direct.c
 *		Access to the rows of table bot_sessions without a statement.
 *
 * The row is found by the primary key and locked, and updated through the
 * executor's entry point for updates that have no plan.  That costs half of
 * what the statement costs, and must not be told from it: wherever a table or
 * a transaction is not known to be an ordinary case, direct_open() steps aside
 * and SPI does the work.
 *
 * Our own triggers are not fired through the trigger manager: what they would
 * do is done in place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "botsession.h"
#include "compat.h"
#include "session_access.h"
#include "triggers.h"

bool		direct_access_enabled = true;

struct DirectAccess
{
	Oid			schema;
	Relation	rel;
	Relation	index;			/* of the primary key */
	AttrNumber	attnums[NUM_SESSION_COLUMNS];

	EState	   *estate;
	ResultRelInfo *relinfo;
	CompatPermissions *permissions;

	TupleTableSlot *locked;		/* the row locked last */
	TupleTableSlot *updated;	/* what was made of it */
	TupleTableSlot *read;		/* a row that was only read */
	AclMode		permitted;		/* checked: to read, to lock */
	int			columns;		/* checked: to set these */

	/* What fires on an update */
	bool		maintained;		/* bot_session_maintain, done in place */
	bool		audited;		/* bot_session_audit, done in place */
	bool		queued;			/* others AFTER it, of users or foreign keys */
	bool		others;			/* of users among these */
};

static const char *unsafe_transaction(void);
static const char *unsafe_table(Relation rel);
static const char *unsafe_columns(DirectAccess *direct);
static const char *unsafe_key(DirectAccess *direct);
static const char *unsafe_triggers(DirectAccess *direct);
static bool find(DirectAccess *direct, text *session_id, TupleTableSlot *slot);
static void fill_row(DirectAccess *direct, TupleTableSlot *slot,
					 SessionRow *row);

/*
 * Open the table of a schema for direct access.  NULL, with everything closed
 * again, where SPI has to do it.
 */
DirectAccess *
direct_open(Oid schema)
{
	DirectAccess *direct;
	RangeVar   *name;
	Oid			relid;
	Relation	rel;
	EState	   *estate;
	MemoryContext oldcontext;
	const char *unsafe;

	unsafe = unsafe_transaction();
	if (unsafe)
	{
		ereport(DEBUG1, (errmsg_internal("no direct access: %s", unsafe)));
		return NULL;
	}

	/* The name is looked up, and USAGE of the schema checked, under the lock */
	name = makeRangeVar(get_namespace_name(schema), SESSION_TABLE_NAME, -1);
	relid = RangeVarGetRelidExtended(name, RowExclusiveLock, RVR_MISSING_OK,
									 NULL, NULL);
	if (!OidIsValid(relid))
		return NULL;
	rel = table_open(relid, NoLock);

	estate = CreateExecutorState();
	oldcontext = MemoryContextSwitchTo(estate->es_query_cxt);
	direct = palloc0_object(DirectAccess);
	direct->schema = schema;
	direct->rel = rel;
	direct->estate = estate;

	unsafe = unsafe_table(rel);
	if (!unsafe)
		unsafe = unsafe_columns(direct);
	if (!unsafe)
	{
		direct->permissions = compat_init_range_table(estate, rel);
		direct->relinfo = makeNode(ResultRelInfo);
		InitResultRelInfo(direct->relinfo, rel, 1, NULL, 0);
		unsafe = unsafe_triggers(direct);
	}
	if (!unsafe)
	{
		ExecOpenIndices(direct->relinfo, false);
		unsafe = unsafe_key(direct);
	}
	if (!unsafe)
	{
		/* Where triggers that are queued look for it */
		estate->es_opened_result_relations = list_make1(direct->relinfo);
		direct->locked = table_slot_create(rel, &estate->es_tupleTable);
		direct->updated = table_slot_create(rel, &estate->es_tupleTable);
		direct->read = table_slot_create(rel, &estate->es_tupleTable);

		for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
			direct->permissions->selectedCols =
				bms_add_member(direct->permissions->selectedCols,
							   direct->attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	MemoryContextSwitchTo(oldcontext);

	if (unsafe)
	{
		ereport(DEBUG1, (errmsg_internal("no direct access: %s", unsafe)));
		direct_close(direct);
		return NULL;
	}
	return direct;
}

/*
 * Close what direct_open() opened; the lock on the table stays, as after a
 * statement, until the transaction ends.
 */
void
direct_close(DirectAccess *direct)
{
	EState	   *estate = direct->estate;
	Relation	rel = direct->rel;

	ExecResetTupleTable(estate->es_tupleTable, false);
	if (direct->relinfo)
		ExecCloseIndices(direct->relinfo);
	FreeExecutorState(estate);
	table_close(rel, NoLock);
}

/*
 * Above READ COMMITTED a row that has changed since the snapshot is an error;
 * the statement knows how to tell.  A transaction that cannot write at all did
 * not get here.
 */
static const char *
unsafe_transaction(void)
{
	if (!direct_access_enabled)
		return "switched off";
	if (XactIsoLevel != XACT_READ_COMMITTED &&
		XactIsoLevel != XACT_READ_UNCOMMITTED)
		return "isolation level";
	return NULL;
}

static const char *
unsafe_table(Relation rel)
{
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		return "not a plain table";
	if (rel->rd_rel->relam != HEAP_TABLE_AM_OID)
		return "table access method";
	if (rel->rd_rel->relispartition)
		return "partition";
	if (rel->rd_rel->relhassubclass)
		return "inheritance";
	if (rel->rd_rules != NULL)
		return "rules";
	if (check_enable_rls(RelationGetRelid(rel), InvalidOid, true) == RLS_ENABLED)
		return "row level security";
	return NULL;
}

/*
 * Find our columns.  What is wrong with them is for the statement to say.
 */
static const char *
unsafe_columns(DirectAccess *direct)
{
	TupleDesc	tupdesc = RelationGetDescr(direct->rel);
	int			found = 0;

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (att->attisdropped)
			continue;
		if (att->attgenerated != '\0')
			return "generated column";
		for (int column = 0; column < NUM_SESSION_COLUMNS; column++)
		{
			if (strcmp(NameStr(att->attname),
					   session_columns[column].name) != 0)
				continue;
			if (att->atttypid != session_columns[column].type)
				return "type of a column";
			direct->attnums[column] = att->attnum;
			found++;
		}
	}
	return found == NUM_SESSION_COLUMNS ? NULL : "missing column";
}

/*
 * The primary key, which ExecOpenIndices() has opened, must be one that finds
 * a session as "where session_id = ..." does.
 */
static const char *
unsafe_key(DirectAccess *direct)
{
	ResultRelInfo *relinfo = direct->relinfo;
	Relation	index = NULL;
	AttrNumber	attnum = direct->attnums[COLUMN_SESSION_ID];
	Oid			collation;

	for (int i = 0; i < relinfo->ri_NumIndices && index == NULL; i++)
	{
		if (relinfo->ri_IndexRelationDescs[i]->rd_index->indisprimary)
			index = relinfo->ri_IndexRelationDescs[i];
	}
	if (index == NULL)
		return "no primary key";

	collation = TupleDescAttr(RelationGetDescr(direct->rel), attnum - 1)->attcollation;
	if (index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_opfamily[0] != TEXT_BTREE_FAM_OID ||
		index->rd_index->indnkeyatts != 1 ||
		index->rd_index->indkey.values[0] != attnum ||
		index->rd_indcollation[0] != collation)
		return "shape of the primary key";
	if (!index->rd_index->indisvalid || !index->rd_index->indimmediate)
		return "primary key not valid or deferrable";

	/* The rule by which the planner avoids broken HOT chains */
	if (index->rd_index->indcheckxmin &&
		!TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							   TransactionXmin))
		return "primary key too young";

	direct->index = index;
	return NULL;
}

/*
 * A trigger function of ours, as far as it was recognized since a function
 * changed last: its OID, and the schema it is in.
 */
typedef struct OwnFunction
{
	PGFunction	address;
	Oid			function;
	Oid			schema;
} OwnFunction;

static OwnFunction own_maintain = {.address = bot_session_maintain};
static OwnFunction own_audit = {.address = bot_session_audit};

static void
forget_own_functions(Datum arg, int cacheid, uint32 hashvalue)
{
	own_maintain.function = InvalidOid;
	own_audit.function = InvalidOid;
}

/*
 * Does the trigger call our function, attached as the migration does it?
 */
static bool
is_own_trigger(DirectAccess *direct, const Trigger *trigger, OwnFunction *own)
{
	if (trigger->tgnargs != 0 || trigger->tgnattr != 0 ||
		trigger->tgqual != NULL || OidIsValid(trigger->tgconstraint))
		return false;

	if (own->function != trigger->tgfoid)
	{
		static bool registered = false;
		FmgrInfo	flinfo;

		if (!registered)
		{
			CacheRegisterSyscacheCallback(PROCOID, forget_own_functions,
										  (Datum) 0);
			registered = true;
		}
		fmgr_info(trigger->tgfoid, &flinfo);
		if (flinfo.fn_addr != own->address)
			return false;
		own->schema = get_func_namespace(trigger->tgfoid);
		own->function = trigger->tgfoid;
	}
	return own->schema == direct->schema;
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
 * See what fires on an update, and take our own triggers out of it: in the
 * copy of the trigger list that InitResultRelInfo() made for this call.
 */
static const char *
unsafe_triggers(DirectAccess *direct)
{
	TriggerDesc *trigdesc = direct->relinfo->ri_TrigDesc;

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
			if (direct->maintained ||
				!is_own_trigger(direct, trigger, &own_maintain))
				return "BEFORE UPDATE trigger";
			direct->maintained = true;
		}
		else if (!direct->audited && !direct->others &&
				 is_own_trigger(direct, trigger, &own_audit))
		{
			direct->audited = true;
			trigger->tgenabled = TRIGGER_DISABLED;
		}
		else
		{
			direct->queued = true;
			direct->others |= !trigger->tgisinternal;
		}
	}
	trigdesc->trig_update_before_row = false;
	trigdesc->trig_update_after_row = direct->queued;
	return NULL;
}

/*
 * Find a row, as the active snapshot sees it.
 */
static bool
find(DirectAccess *direct, text *session_id, TupleTableSlot *slot)
{
	ScanKeyData key;
	IndexScanDesc scan;
	bool		found;

	ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   direct->index->rd_indcollation[0], F_TEXTEQ,
						   PointerGetDatum(session_id));
	scan = compat_index_beginscan(direct->rel, direct->index,
								  GetActiveSnapshot(), 1);
	index_rescan(scan, &key, 1, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, slot);
	index_endscan(scan);
	return found;
}

/*
 * The values of a slot; they are good as long as the slot is.
 */
static void
fill_row(DirectAccess *direct, TupleTableSlot *slot, SessionRow *row)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row->values[i] = slot_getattr(slot, direct->attnums[i],
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
	direct->permissions->requiredPerms = mode;
	compat_check_permissions(direct->estate);
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
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = find(direct, session_id, direct->read);
	PopActiveSnapshot();
	if (found)
		fill_row(direct, direct->read, row);
	return found;
}

/*
 * Find a row and lock it, under the active snapshot.
 */
static bool
find_and_lock(DirectAccess *direct, text *session_id, SessionRow *row)
{
	TupleTableSlot *slot = direct->locked;
	ItemPointerData tid;
	TM_FailureData failure;
	TM_Result	result;

	if (!find(direct, session_id, slot))
		return false;

	tid = slot->tts_tid;
	result = table_tuple_lock(direct->rel, &tid, GetActiveSnapshot(), slot,
							  GetCurrentCommandId(false),
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
 * select ... where session_id = $1 for no key update
 */
bool
direct_lock(DirectAccess *direct, text *session_id, SessionRow *row)
{
	bool		found;

	check_permission(direct, ACL_SELECT | ACL_UPDATE);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = find_and_lock(direct, session_id, row);
	PopActiveSnapshot();
	return found;
}

static int
compare_texts(const void *a, const void *b)
{
	text	   *left = DatumGetTextPP(*(const Datum *) a);
	text	   *right = DatumGetTextPP(*(const Datum *) b);
	int			left_len = VARSIZE_ANY_EXHDR(left);
	int			right_len = VARSIZE_ANY_EXHDR(right);
	int			result = memcmp(VARDATA_ANY(left), VARDATA_ANY(right),
								Min(left_len, right_len));

	return result != 0 ? result : left_len - right_len;
}

/*
 * select session_id ... where session_id = any ($1)
 * order by session_id collate "C" for no key update
 */
int
direct_lock_many(DirectAccess *direct, Datum *session_ids, int n,
				 text ***locked)
{
	Datum	   *sorted = palloc_array(Datum, n);
	int			nlocked = 0;

	check_permission(direct, ACL_SELECT | ACL_UPDATE);
	memcpy(sorted, session_ids, n * sizeof(Datum));
	qsort(sorted, n, sizeof(Datum), compare_texts);

	*locked = palloc_array(text *, n);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	for (int i = 0; i < n; i++)
	{
		SessionRow	row;

		CHECK_FOR_INTERRUPTS();
		if (i > 0 && compare_texts(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		if (find_and_lock(direct, DatumGetTextPP(sorted[i]), &row))
			(*locked)[nlocked++] = DatumGetTextPP(sorted[i]);
	}
	PopActiveSnapshot();
	pfree(sorted);
	return nlocked;
}

/*
 * Check the permission to set these columns, once as long as they are the same.
 */
static void
check_columns(DirectAccess *direct, int columns)
{
	Bitmapset  *updated = NULL;
	MemoryContext oldcontext;

	if (columns == direct->columns)
		return;

	oldcontext = MemoryContextSwitchTo(direct->estate->es_query_cxt);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (columns & (1 << i))
			updated = bms_add_member(updated,
									 direct->attnums[i] - FirstLowInvalidHeapAttributeNumber);
	}
	direct->permissions->updatedCols = updated;
	compat_check_permissions(direct->estate);
	direct->columns = columns;
	MemoryContextSwitchTo(oldcontext);
}

/*
 * update ... set ... where session_id = $1, of the row that was locked last
 */
bool
direct_update(DirectAccess *direct, const SessionChanges *changes,
			  SessionRow *row)
{
	EState	   *estate = direct->estate;
	TupleTableSlot *old_slot = direct->locked;
	TupleTableSlot *new_slot = direct->updated;
	int			natts = RelationGetDescr(direct->rel)->natts;
	MemoryContext oldcontext = CurrentMemoryContext;
	SessionRow	before;
	SessionRow	after;

	check_columns(direct, changes->columns);

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
	if (direct->maintained)
		maintain_row(&before, &after);

	slot_getallattrs(old_slot);
	ExecClearTuple(new_slot);
	memcpy(new_slot->tts_values, old_slot->tts_values, natts * sizeof(Datum));
	memcpy(new_slot->tts_isnull, old_slot->tts_isnull, natts * sizeof(bool));
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		new_slot->tts_values[direct->attnums[i] - 1] = after.values[i];
		new_slot->tts_isnull[direct->attnums[i] - 1] = after.isnull[i];
	}
	ExecStoreVirtualTuple(new_slot);

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	ResetPerTupleExprContext(estate);

	MemoryContextSwitchTo(estate->es_query_cxt);
	if (direct->queued)
		AfterTriggerBeginQuery();
	ExecSimpleRelationUpdate(direct->relinfo, estate, NULL, old_slot, new_slot);
	MemoryContextSwitchTo(oldcontext);
	if (direct->audited)
		audit_change(direct->schema, &before, &after);
	if (direct->queued)
		AfterTriggerEndQuery(estate);
	PopActiveSnapshot();
	CommandCounterIncrement();

	/* Triggers of users may have changed it again */
	if (direct->others)
		return direct_read(direct,
						   DatumGetTextPP(before.values[COLUMN_SESSION_ID]),
						   row);
	fill_row(direct, new_slot, row);
	return true;
}
