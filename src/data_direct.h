/*-------------------------------------------------------------------------
 *
 * data_direct.h
 *		Access to the rows of table bot_session_data without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_DIRECT_H
#define DATA_DIRECT_H

#include "data_entries.h"
#include "direct_scan.h"

/* The open table */
typedef struct DataDirect DataDirect;

/* What became of a value that was to be written. */
typedef enum DataWritten
{
	DATA_UPDATED,
	DATA_INSERTED,
	DATA_EQUAL,					/* it was there */
	DATA_ABSENT,				/* there is no such row */
	DATA_LEFT					/* a statement has to write it */
} DataWritten;

extern DataDirect *data_direct_open_to_read(Oid schema);
extern DataDirect *data_direct_open_to_update(Oid schema);
extern void data_direct_close(DataDirect *direct);

extern bool data_direct_read(DataDirect *direct, text *session_id,
							 const DataEntry *entry, Datum *value,
							 bool *isnull);
extern DataWritten data_direct_update(DataDirect *direct, text *session_id,
									  const DataEntry *entry);
extern DataWritten data_direct_insert(DataDirect *direct, text *session_id,
									  const DataEntry *entry);

#endif							/* DATA_DIRECT_H */
