/*-------------------------------------------------------------------------
 *
 * data_cache.h
 *		What is known of table bot_session_data until DDL changes it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_CACHE_H
#define DATA_CACHE_H

#include "table_cache.h"

/* Our columns of the table; the first three are its key. */
typedef enum DataColumn
{
	DATA_SESSION_ID,
	DATA_KIND,
	DATA_KEY,
	DATA_VALUE,
	DATA_UPDATED_AT
} DataColumn;

#define NUM_DATA_COLUMNS	(DATA_UPDATED_AT + 1)
#define NUM_DATA_KEYS		(DATA_KEY + 1)

typedef struct DataCacheEntry
{
	TableCacheEntry table;
	AttrNumber	attnums[NUM_DATA_COLUMNS];
	Oid			key;			/* index of the primary key */
	bool		has_dropped_columns;
	int			replication_role;	/* that the rest holds for */

	/* Why a statement has to update rows, or NULL */
	const char *why_no_update;
	bool		referencing;	/* has foreign keys */

	/* Why a statement has to insert rows, or NULL */
	const char *why_no_insert;
	Oid			referenced;		/* table of the one foreign key, if it has one */
	AttrNumber	referenced_column;
} DataCacheEntry;

extern DataCacheEntry data_cache;

extern const char *data_cache_why_no_insert(const DataCacheEntry *entry);

#endif							/* DATA_CACHE_H */
