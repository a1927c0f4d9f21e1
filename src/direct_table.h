/*-------------------------------------------------------------------------
 *
 * direct_table.h
 *		Tables that are read and written without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIRECT_TABLE_H
#define DIRECT_TABLE_H

#include "nodes/execnodes.h"
#include "utils/rel.h"

#include "compat.h"
#include "table_cache.h"

/* An open table */
typedef struct DirectTable
{
	Relation	rel;
	CompatRangeTable range;
	MemoryContext context;		/* of all that lasts until it is closed */
	EState	   *estate;			/* NULL as long as nothing is written */
	ResultRelInfo *relinfo;
} DirectTable;

extern bool direct_table_open(DirectTable *table, TableCacheEntry *entry,
							  Oid schema, LOCKMODE lockmode);
extern void direct_table_close(DirectTable *table);

extern AclResult direct_table_schema_aclcheck(const DirectTable *table);
extern bool direct_table_is_secured(const DirectTable *table);

extern void direct_table_prepare_write(DirectTable *table);
extern TriggerDesc *direct_table_prepare_triggers(DirectTable *table);
extern bool direct_table_update(DirectTable *table, ItemPointer tid,
								TupleTableSlot *slot);
extern bool direct_table_insert(DirectTable *table, TupleTableSlot *slot);

#endif							/* DIRECT_TABLE_H */
