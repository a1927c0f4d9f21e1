/*-------------------------------------------------------------------------
 *
 * session_cache.c
 *		What is known of table bot_sessions, where it is accessed without a
 *		statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "nodes/primnodes.h"
#include "rewrite/prs2lock.h"
#include "utils/lsyscache.h"

#include "botsession.h"
#include "session_cache.h"

/* Our trigger functions, which lie in a layer above. */
static PGFunction maintain_function;
static PGFunction audit_function;

static const char *session_cache_build(TableCacheEntry *entry, Relation rel,
									   LOCKMODE lockmode);

static SessionCacheEntry session_cache = {
	.table = {
		.relname = SESSION_TABLE_NAME,
		.build = session_cache_build
	}
};

/*
 * Make known which functions our triggers call.
 */
void
session_cache_init(PGFunction maintain, PGFunction audit)
{
	maintain_function = maintain;
	audit_function = audit;
}

/*
 * Open the table of a schema.  Returns what is known of it, which may change
 * with the next invalidation, or NULL if a statement has to access it.
 */
const SessionCacheEntry *
session_cache_open(DirectTable *table, Oid schema, LOCKMODE lockmode)
{
	if (session_cache.replication_role != SessionReplicationRole)
		session_cache.table.valid = false;
	if (!direct_table_open(table, &session_cache.table, schema, lockmode))
		return NULL;
	return &session_cache;
}

/*
 * Check that a copy of the entry is still what is known of the table.
 */
bool
session_cache_is_current(const SessionCacheEntry *entry)
{
	return session_cache.table.version == entry->table.version &&
		SessionReplicationRole == entry->replication_role;
}

/*
 * Report why the table is not accessed without a statement.
 */
void
session_cache_refuse(const char *why_not)
{
	table_cache_refuse(&session_cache.table, why_not);
}

/*
 * Returns true if an update of these columns has to queue AFTER triggers.  A
 * foreign key of another table need not know of columns it does not refer to.
 */
bool
session_cache_fires_triggers(const SessionCacheEntry *entry, int columns)
{
	if (entry->maintained)
		columns |= 1 << COLUMN_UPDATED_AT | 1 << COLUMN_QR_DATA;
	return entry->has_user_after_triggers || entry->referencing ||
		(entry->referenced && (entry->key_columns & columns) != 0);
}

/*
 * Find our columns.  What is wrong with them is for the statement to say.
 */
static const char *
session_cache_columns(SessionCacheEntry *session, Relation rel)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	const char *why_not;
	Bitmapset  *key_columns;

	session->has_dropped_columns = false;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attisdropped)
			session->has_dropped_columns = true;
		else if (TupleDescAttr(tupdesc, i)->attgenerated != '\0')
			return "generated column";
	}
	why_not = table_cache_columns(rel, session_columns, NUM_SESSION_COLUMNS,
								  session->attnums);
	if (why_not)
		return why_not;

	session->key_columns = 0;
	key_columns = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_KEY);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (bms_is_member(session->attnums[i] - FirstLowInvalidHeapAttributeNumber,
						  key_columns))
			session->key_columns |= 1 << i;
	}
	bms_free(key_columns);
	return NULL;
}

/*
 * Returns true if a trigger calls that function of ours, in the table's own
 * schema.
 */
static bool
session_cache_is_own(const Trigger *trigger, PGFunction own, Relation rel)
{
	FmgrInfo	function;

	if (trigger->tgnargs != 0 || OidIsValid(trigger->tgconstraint))
		return false;

	fmgr_info(trigger->tgfoid, &function);
	return function.fn_addr == own &&
		get_func_namespace(trigger->tgfoid) == RelationGetNamespace(rel);
}

static bool
session_cache_is_column(const Node *node, int varno, AttrNumber attnum)
{
	return IsA(node, Var) && ((const Var *) node)->varno == varno &&
		((const Var *) node)->varattno == attnum;
}

/*
 * Returns what an audit trigger fires for, or 0 if that is not one of
 *
 *	after update ... when (old.status is distinct from new.status)
 *	after update of status ... when (old.status = new.status)
 *
 * as the migration attaches them.
 */
static int
session_cache_audits(const Trigger *trigger, AttrNumber status)
{
	const OpExpr *condition;

	if (trigger->tgqual == NULL)
		return 0;
	condition = stringToNode(trigger->tgqual);
	if (!(IsA(condition, OpExpr) || IsA(condition, DistinctExpr)) ||
		condition->opno != TextEqualOperator ||
		!session_cache_is_column(linitial(condition->args), PRS2_OLD_VARNO, status) ||
		!session_cache_is_column(lsecond(condition->args), PRS2_NEW_VARNO, status))
		return 0;

	if (IsA(condition, DistinctExpr))
		return trigger->tgnattr == 0 ? AUDITS_CHANGES : 0;
	return trigger->tgnattr == 1 && trigger->tgattr[0] == status ?
		AUDITS_STARTS : 0;
}

/*
 * See what fires on an update, for each row.
 *
 * Ours are done in place: bot_session_maintain if it is the only BEFORE
 * trigger, bot_session_audit if its triggers are the first AFTER triggers but
 * for foreign keys.  After another one they count as a user's, so that they
 * fire in order.
 */
static const char *
session_cache_triggers(SessionCacheEntry *session, Relation rel)
{
	/* A copy, since looking up a function may rebuild the relation's own */
	TriggerDesc *trigdesc = CopyTriggerDesc(rel->trigdesc);
	AttrNumber	status = session->attnums[COLUMN_STATUS];
	int			naudit_triggers = 0;

	session->replication_role = SessionReplicationRole;
	session->maintained = false;
	session->audits = 0;
	memset(session->audit_triggers, 0, sizeof(session->audit_triggers));
	session->referenced = false;
	session->referencing = false;
	session->has_user_after_triggers = false;

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
		int			audits;

		if (!TRIGGER_FOR_ROW(trigger->tgtype) ||
			!TRIGGER_FOR_UPDATE(trigger->tgtype) ||
			!table_cache_trigger_fires(trigger))
			continue;
		if (TRIGGER_FOR_BEFORE(trigger->tgtype))
		{
			if (session->maintained ||
				trigger->tgnattr != 0 || trigger->tgqual != NULL ||
				!session_cache_is_own(trigger, maintain_function, rel))
				return "BEFORE UPDATE trigger";
			session->maintained = true;
		}
		else if (RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_PK)
			session->referenced = true;
		else if (RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_FK)
			session->referencing = true;
		else if (!session->has_user_after_triggers &&
				 session_cache_is_own(trigger, audit_function, rel) &&
				 (audits = session_cache_audits(trigger, status)) != 0 &&
				 (session->audits & audits) == 0)
		{
			session->audits |= audits;
			session->audit_triggers[naudit_triggers++] = trigger->tgoid;
		}
		else
			session->has_user_after_triggers = true;
	}
	return NULL;
}

/*
 * Examine the table: fills the entry.
 */
static const char *
session_cache_build(TableCacheEntry *entry, Relation rel, LOCKMODE lockmode)
{
	SessionCacheEntry *session = (SessionCacheEntry *) entry;
	const char *why_not;

	why_not = session_cache_columns(session, rel);
	if (!why_not)
		why_not = session_cache_triggers(session, rel);
	if (!why_not)
		why_not = table_cache_key(rel, &session->attnums[COLUMN_SESSION_ID], 1,
								  lockmode, &session->key);
	return why_not;
}
