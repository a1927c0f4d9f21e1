/*-------------------------------------------------------------------------
 *
 * table_cache.h
 *		What is known of the tables that are accessed without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TABLE_CACHE_H
#define TABLE_CACHE_H

#include "storage/lockdefs.h"
#include "utils/rel.h"

#include "schema.h"

/* Setting botsession.direct_access */
extern bool direct_access_enabled;

/*
 * What is known of a table until DDL changes it.  This is the first member of
 * a struct with what else there is to know, in static memory.
 */
typedef struct TableCacheEntry
{
	const char *relname;

	/*
	 * Fills the rest of the struct.  Returns why the table cannot be accessed
	 * without a statement, a constant, or NULL if it can.
	 */
	const char *(*build) (struct TableCacheEntry *entry, Relation rel,
						  LOCKMODE lockmode);

	bool		registered;		/* for invalidation */
	bool		valid;
	uint64		version;		/* grows when this very table has changed */
	Oid			schema;
	Oid			relid;
	const char *why_not;		/* what build() returned */
	struct TableCacheEntry *next;
} TableCacheEntry;

extern Relation table_cache_open(TableCacheEntry *entry, Oid schema,
								 LOCKMODE lockmode);
extern bool table_cache_refuse(const TableCacheEntry *entry,
							   const char *why_not);

extern const char *table_cache_columns(Relation rel, const ColumnInfo *columns,
									   int n, AttrNumber *attnums);
extern const char *table_cache_key(Relation rel, const AttrNumber *attnums,
								   int n, LOCKMODE lockmode, Oid *key);
extern const char *table_cache_indexes(Relation rel, LOCKMODE lockmode);
extern bool table_cache_trigger_fires(const Trigger *trigger);

#endif							/* TABLE_CACHE_H */
