/*-------------------------------------------------------------------------
 *
 * data_cache.c
 *		What is known of table bot_session_data until DDL changes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "botsession.h"
#include "data_cache.h"
#include "schema.h"

static const ColumnInfo data_columns[NUM_DATA_COLUMNS] = {
	{"session_id", TEXTOID},
	{"kind", TEXTOID},
	{"key", TEXTOID},
	{"value", TEXTOID},
	{"updated_at", TIMESTAMPTZOID}
};

static const char *data_cache_build(TableCacheEntry *entry, Relation rel,
									LOCKMODE lockmode);

DataCacheEntry data_cache = {
	.table = {
		.relname = DATA_TABLE_NAME,
		.build = data_cache_build
	}
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
 * Find the foreign key that the migration makes, and check that there is no
 * other.
 */
static const char *
data_cache_foreign_key(DataCacheEntry *data, Relation rel)
{
	List	   *keys = RelationGetFKeyList(rel);
	const ForeignKeyCacheInfo *key;

	if (list_length(keys) != 1)
		return "foreign key";
	key = linitial(keys);
	if (key->nkeys != 1 ||
		key->conkey[0] != data->attnums[DATA_SESSION_ID] ||
		key->conpfeqop[0] != TextEqualOperator)
		return "foreign key";
	data->referenced = key->confrelid;
	data->referenced_column = key->confkey[0];
	return NULL;
}

/*
 * See what an insertion has to do besides writing the row.  No code of a user's
 * may run between the lock on the row of the session and the end of the save,
 * since the lock is what stands for the check of the foreign key.
 */
static const char *
data_cache_see_insert(DataCacheEntry *data, Relation rel, LOCKMODE lockmode)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	const TriggerDesc *triggers = rel->trigdesc;
	int			ncolumns = 0;
	const char *why_not;

	data->referenced = InvalidOid;
	if (data->why_no_update)
		return data->why_no_update;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (!TupleDescAttr(tupdesc, i)->attisdropped)
			ncolumns++;
	}
	if (ncolumns > NUM_DATA_COLUMNS)
		return "other column";
	if (rel->rd_rel->relchecks > 0)
		return "check constraint";
	why_not = table_cache_indexes(rel, lockmode);
	if (why_not)
		return why_not;
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (!TRIGGER_FOR_INSERT(trigger->tgtype) ||
			!table_cache_trigger_fires(trigger))
			continue;
		if (trigger->tgfoid != F_RI_FKEY_CHECK_INS)
			return "INSERT trigger";
		why_not = data_cache_foreign_key(data, rel);
		if (why_not)
			return why_not;
	}
	return NULL;
}

/*
 * Returns why a statement has to insert the rows of a session that the caller has
 * locked, or NULL.  The row that is locked has to be the one that the foreign key
 * asks for: then it is there until the transaction ends.
 */
const char *
data_cache_why_no_insert(const DataCacheEntry *entry)
{
	Oid			relid = entry->referenced;

	if (entry->why_no_insert || !OidIsValid(relid))
		return entry->why_no_insert;
	if (relid != table_lookup(entry->table.schema, SESSION_TABLE_NAME) ||
		get_attnum(relid, "session_id") != entry->referenced_column)
		return "foreign key";
	if (get_rel_relkind(relid) != RELKIND_RELATION || has_subclass(relid))
		return "partitions of what the foreign key references";
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
	if (why_not)
		return why_not;
	data->replication_role = SessionReplicationRole;
	data->why_no_update = data_cache_why_no_update(data, rel);
	data->why_no_insert = data_cache_see_insert(data, rel, lockmode);
	return NULL;
}
