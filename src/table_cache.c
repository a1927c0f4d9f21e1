/*-------------------------------------------------------------------------
 *
 * table_cache.c
 *		What is known of the tables that are accessed without a statement.
 *
 * A table is examined once, and again after DDL: the server says when something
 * about it has changed.  Only OIDs and what was found outlive a call, nothing
 * that is open.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "table_cache.h"

bool		direct_access_enabled = true;

/* All entries that have been used. */
static TableCacheEntry *table_cache = NULL;

/* Counts invalidations, to notice one during an examination. */
static uint64 invalidations = 0;

static void
table_cache_invalidate(Datum arg, Oid relid)
{
	invalidations++;
	for (TableCacheEntry *entry = table_cache; entry; entry = entry->next)
	{
		if (!OidIsValid(relid) || entry->relid == relid)
			entry->valid = false;
		if (entry->relid == relid)
			entry->version++;
	}
}

/*
 * A function that was replaced may be a trigger's.
 */
static void
table_cache_invalidate_functions(Datum arg, int cacheid, uint32 hashvalue)
{
	table_cache_invalidate((Datum) 0, InvalidOid);
}

static void
table_cache_register(TableCacheEntry *entry)
{
	if (entry->registered)
		return;
	if (table_cache == NULL)
	{
		CacheRegisterRelcacheCallback(table_cache_invalidate, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID,
									  table_cache_invalidate_functions,
									  (Datum) 0);
	}
	entry->next = table_cache;
	entry->registered = true;
	table_cache = entry;
}

/*
 * Lock the table of that name.  Returns InvalidOid if there is none.
 *
 * A table cannot lose its name, and no other can take it, without a change
 * that we are told of by the time we have its lock.
 */
static Oid
table_cache_lock(const TableCacheEntry *entry, Oid schema, LOCKMODE lockmode)
{
	for (;;)
	{
		uint64		counter = SharedInvalidMessageCounter;
		bool		valid = entry->valid && entry->schema == schema;
		Oid			relid = valid ? entry->relid :
			get_relname_relid(entry->relname, schema);

		if (OidIsValid(relid))
			LockRelationOid(relid, lockmode);
		else
			AcceptInvalidationMessages();
		if (valid ? entry->valid : counter == SharedInvalidMessageCounter)
			return relid;
		if (OidIsValid(relid))
			UnlockRelationOid(relid, lockmode);
	}
}

/*
 * Returns why a table of this kind cannot be accessed without a statement, or
 * NULL.
 */
static const char *
table_cache_kind(Relation rel)
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
	return NULL;
}

/*
 * Open the table of a schema.  Returns NULL, with nothing left open, if there
 * is no such table or a statement has to access it.
 */
Relation
table_cache_open(TableCacheEntry *entry, Oid schema, LOCKMODE lockmode)
{
	Relation	rel;
	Oid			relid;

	if (!direct_access_enabled)
	{
		table_cache_refuse(entry, "switched off");
		return NULL;
	}

	table_cache_register(entry);
	relid = table_cache_lock(entry, schema, lockmode);
	if (!OidIsValid(relid))
		return NULL;
	rel = table_open(relid, NoLock);

	if (!entry->valid || entry->relid != relid)
	{
		uint64		before = invalidations;

		entry->valid = false;
		/* Nothing more will be heard of the table that it was before */
		if (entry->relid != relid)
			entry->version++;
		entry->schema = schema;
		entry->relid = relid;
		entry->why_not = table_cache_kind(rel);
		if (!entry->why_not)
			entry->why_not = entry->build(entry, rel, lockmode);
		compat_injection_point("botsession-table-examined");
		entry->valid = invalidations == before;
	}
	if (entry->why_not)
	{
		table_close(rel, NoLock);
		table_cache_refuse(entry, entry->why_not);
		return NULL;
	}
	return rel;
}

/*
 * Report why a table is not accessed without a statement, to tests and to
 * people who wonder.  Returns false, for the caller to return.
 */
bool
table_cache_refuse(const TableCacheEntry *entry, const char *why_not)
{
	ereport(DEBUG1,
			(errmsg_internal("no direct access to %s: %s",
							 entry->relname, why_not)));
	return false;
}

/*
 * Find the columns that we need, for build().
 *
 * A column with a precision is refused: a statement would round our values.
 */
const char *
table_cache_columns(Relation rel, const ColumnInfo *columns, int n,
					AttrNumber *attnums)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	const ColumnInfo *wrong = columns_find(tupdesc, columns, n, attnums);

	if (wrong)
		return attnums[wrong - columns] == InvalidAttrNumber ?
			"missing column" : "type of a column";
	for (int i = 0; i < n; i++)
	{
		if (TupleDescAttr(tupdesc, attnums[i] - 1)->atttypmod != -1)
			return "type of a column";
	}
	return NULL;
}

/*
 * Returns why an index does not find a row as "where COLUMN = ... and ..." does,
 * for columns of type text in this order, or NULL if it does.
 */
static const char *
table_cache_index(Relation rel, const AttrNumber *attnums, int n,
				  Relation index)
{
	if (index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_index->indnkeyatts != n)
		return "shape of the primary key";
	for (int i = 0; i < n; i++)
	{
		Oid			collation = TupleDescAttr(RelationGetDescr(rel),
											  attnums[i] - 1)->attcollation;

		if (index->rd_opfamily[i] != TEXT_BTREE_FAM_OID ||
			index->rd_index->indkey.values[i] != attnums[i] ||
			index->rd_indcollation[i] != collation)
			return "shape of the primary key";
		/* session_id_compare() compares bytes */
		if (!get_collation_isdeterministic(collation))
			return "nondeterministic collation";
	}
	if (!index->rd_index->indisvalid || !index->rd_index->indimmediate)
		return "primary key not valid or deferrable";
	return NULL;
}

/*
 * Find the index of the primary key, which must be on these columns, for
 * build().
 */
const char *
table_cache_key(Relation rel, const AttrNumber *attnums, int n,
				LOCKMODE lockmode, Oid *key)
{
	List	   *indexes = RelationGetIndexList(rel);
	const char *why_not = "no primary key";
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), lockmode);

		if (index->rd_index->indisprimary)
		{
			*key = RelationGetRelid(index);
			why_not = table_cache_index(rel, attnums, n, index);
		}
		index_close(index, NoLock);
	}
	list_free(indexes);
	return why_not;
}

/*
 * Check that no index calls a function of a user's, for build().
 */
const char *
table_cache_indexes(Relation rel, LOCKMODE lockmode)
{
	List	   *indexes = RelationGetIndexList(rel);
	const char *why_not = NULL;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), lockmode);

		if (!heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs, NULL) ||
			!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
			why_not = "index with an expression";
		else if (index->rd_index->indisexclusion)
			why_not = "exclusion constraint";
		for (int i = 0; i < index->rd_index->indnkeyatts; i++)
		{
			if (index->rd_opfamily[i] >= FirstNormalObjectId)
				why_not = "operator class of an index";
		}
		index_close(index, NoLock);
	}
	list_free(indexes);
	return why_not;
}

/*
 * Returns true if a trigger is enabled, with session_replication_role as it is.
 */
bool
table_cache_trigger_fires(const Trigger *trigger)
{
	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		return trigger->tgenabled == TRIGGER_FIRES_ALWAYS ||
			trigger->tgenabled == TRIGGER_FIRES_ON_REPLICA;
	return trigger->tgenabled == TRIGGER_FIRES_ALWAYS ||
		trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN;
}
