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
#include "storage/lockdefs.h"
#include "utils/rel.h"

#include "botsession.h"
#include "compat.h"

/* Setting botsession.direct_access */
extern bool direct_access_enabled;

/*
 * What is known of a table, until DDL changes something about it; the first
 * member of a struct with what else there is to know.
 */
typedef struct TableFacts
{
	const char *relname;
	LOCKMODE	lockmode;		/* as a statement would take it */
	/* Why the table is not to be accessed directly; NULL where it may be */
	const char *(*examine) (struct TableFacts *facts, Relation rel);

	bool		registered;		/* to be told of changes */
	bool		valid;
	uint64		version;		/* grows when this very table has changed */
	Oid			schema;
	Oid			relid;
	const char *unsafe;			/* what examine() said */
	struct TableFacts *next;
} TableFacts;

/* An open table; zero what is not used yet. */
typedef struct DirectTable
{
	Relation	rel;
	CompatRangeTable range;
	MemoryContext context;		/* of all that lasts until it is closed */
	EState	   *estate;			/* NULL as long as nothing is written */
	ResultRelInfo *relinfo;
} DirectTable;

extern bool direct_table_open(DirectTable *table, TableFacts *facts,
							  Oid schema);
extern bool direct_table_column_fits(Form_pg_attribute att,
									 const ColumnInfo *column);
extern const char *direct_table_columns(Relation rel, const ColumnInfo *columns,
										int n, AttrNumber *attnums);
extern const char *direct_table_key(Relation rel, AttrNumber attnum,
									LOCKMODE lockmode, Oid *key);
extern bool direct_table_key_is_young(Relation index);
extern bool direct_table_refuse(const TableFacts *facts, const char *why);
extern AclResult direct_table_schema_aclcheck(const DirectTable *table);
extern bool direct_table_is_secured(const DirectTable *table);
extern void direct_table_prepare_write(DirectTable *table);
extern TriggerDesc *direct_table_prepare_triggers(DirectTable *table);
extern bool direct_table_update(DirectTable *table, ItemPointer tid,
								TupleTableSlot *slot);
extern void direct_table_close(DirectTable *table);

#endif							/* DIRECT_TABLE_H */
