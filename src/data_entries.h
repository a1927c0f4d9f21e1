/*-------------------------------------------------------------------------
 *
 * data_entries.h
 *		Kinds, keys and values of what bots log in with, as arguments.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_ENTRIES_H
#define DATA_ENTRIES_H

#include "utils/jsonb.h"

#include "compat.h"

/* A row to be written, deleted or read. */
typedef struct DataEntry
{
	text	   *kind;
	text	   *key;			/* NULL: all of the kind */
	text	   *value;			/* NULL: to be deleted, or read */
	bool		written;		/* nothing is left to do with the value */
} DataEntry;

/*
 * Entries, and how many there are of each sort; start from {0}.  The array and
 * its texts are allocated in the context that was current at the first entry.
 */
typedef struct DataEntries
{
	DataEntry  *entries;
	int			n;
	int			allocated;
	int			nvalues;		/* with a value */
	int			nkeys;			/* with a key, but no value */
	int			nkinds;			/* with neither */
	bool		too_long;		/* or empty: a kind, a key or a value */
} DataEntries;

extern void data_entries_read(DataEntries *entries, JsonbContainer *data,
							  const char *argument);
extern void data_entries_read_keys(DataEntries *entries, Jsonb *keys);
pg_noreturn extern void data_entries_report_too_long(const char *argument);

#endif							/* DATA_ENTRIES_H */
