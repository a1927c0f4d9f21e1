/*-------------------------------------------------------------------------
 *
 * schema.h
 *		Names of schemas, tables and columns.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "access/attnum.h"
#include "access/tupdesc.h"

/* A column that we need */
typedef struct ColumnInfo
{
	const char *name;
	Oid			type;
} ColumnInfo;

extern char *schema_name(Oid schema);
extern Oid	table_lookup(Oid schema, const char *name);
extern const ColumnInfo *columns_find(TupleDesc tupdesc,
									  const ColumnInfo *columns, int n,
									  AttrNumber *attnums);
extern void columns_require(TupleDesc tupdesc, const ColumnInfo *columns,
							int n, const char *table, AttrNumber *attnums);
extern void column_require_type(const ColumnInfo *column, const char *table,
								Oid type);

#endif							/* SCHEMA_H */
