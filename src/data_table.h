/*-------------------------------------------------------------------------
 *
 * data_table.h
 *		Access to the rows of table bot_session_data.
 *
 * All functions act in the name of the calling role.  The caller of those that
 * write has locked the row of the session, and checked that its lease lets it
 * go on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_TABLE_H
#define DATA_TABLE_H

#include "nodes/pg_list.h"

#include "data_entries.h"
#include "kept_plan.h"

/* What is to be saved of a session. */
typedef struct DataSave
{
	text	   *session_id;
	DataEntries data;
} DataSave;

extern int	data_save(SpiCall *call, DataSave *saves, int n, List **changed);
extern int	data_forget(SpiCall *call, text *session_id, text *reason);
extern int	data_find_forgotten(SpiCall *call, text **session_ids, int n,
								text ***forgotten);

#endif							/* DATA_TABLE_H */
