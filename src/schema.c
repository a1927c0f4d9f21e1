/*-------------------------------------------------------------------------
 *
 * schema.c
 *		Names of schemas, tables and columns.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "botsession.h"
#include "schema.h"

/*
 * Returns the name of a schema, allocated in the current context.  A call
 * holds no lock on its schema, so it may have been dropped meanwhile.
 */
char *
schema_name(Oid schema)
{
	char	   *name = get_namespace_name(schema);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema with OID %u does not exist", schema)));
	return name;
}

/*
 * Returns the table of that name in a schema.  It is an error if there is
 * none.
 */
Oid
table_lookup(Oid schema, const char *name)
{
	Oid			relid = get_relname_relid(name, schema);

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s.%s\" does not exist",
						schema_name(schema), name),
				 errhint(MIGRATION_HINT)));
	return relid;
}

/*
 * Find n columns, by name since users add and drop others, and set the number
 * of each in attnums.
 *
 * Returns NULL if all are there with their types.  Otherwise returns the first
 * that is not; its number is InvalidAttrNumber if it is missing.
 */
const ColumnInfo *
columns_find(TupleDesc tupdesc, const ColumnInfo *columns, int n,
			 AttrNumber *attnums)
{
	for (int i = 0; i < n; i++)
	{
		int			attnum = SPI_fnumber(tupdesc, columns[i].name);

		attnums[i] = attnum > 0 ? attnum : InvalidAttrNumber;
		if (attnum <= 0 ||
			TupleDescAttr(tupdesc, attnum - 1)->atttypid != columns[i].type)
			return &columns[i];
	}
	return NULL;
}

/*
 * The same, where a column that is missing or has another type is an error.
 */
void
columns_require(TupleDesc tupdesc, const ColumnInfo *columns, int n,
				const char *table, AttrNumber *attnums)
{
	const ColumnInfo *wrong = columns_find(tupdesc, columns, n, attnums);
	AttrNumber	attnum;

	if (wrong == NULL)
		return;
	attnum = attnums[wrong - columns];
	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist",
						wrong->name, table),
				 errhint(MIGRATION_HINT)));
	column_require_type(wrong, table,
						TupleDescAttr(tupdesc, attnum - 1)->atttypid);
}

/*
 * Check that the type of a column is that which we take its values for.
 */
void
column_require_type(const ColumnInfo *column, const char *table, Oid type)
{
	if (type != column->type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s must be of type %s",
						column->name, table, format_type_be(column->type)),
				 errhint(MIGRATION_HINT)));
}
