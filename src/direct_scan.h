/*-------------------------------------------------------------------------
 *
 * direct_scan.h
 *		Finding rows by the primary key without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIRECT_SCAN_H
#define DIRECT_SCAN_H

#include "access/genam.h"
#include "executor/tuptable.h"

#include "direct_table.h"

/* Look-ups in the primary key of an open table */
typedef struct DirectScan
{
	const DirectTable *table;
	Relation	index;
	IndexScanDesc scan;			/* NULL before the first look-up */
} DirectScan;

/* So many columns a key has at most. */
#define DIRECT_SCAN_MAX_KEYS	3

typedef enum DirectScanPurpose
{
	SCAN_TO_READ,
	SCAN_TO_UPDATE				/* makes room for the next version */
} DirectScanPurpose;

extern void direct_scan_open(DirectScan *scan, const DirectTable *table,
							 Oid key, LOCKMODE lockmode);
extern bool direct_scan_key_is_young(const DirectScan *scan);
extern bool direct_scan_find(DirectScan *scan, text *value,
							 DirectScanPurpose purpose, TupleTableSlot *slot);
extern bool direct_scan_find_key(DirectScan *scan, text *const *values, int n,
								 DirectScanPurpose purpose,
								 TupleTableSlot *slot);
extern void direct_scan_close(DirectScan *scan);

#endif							/* DIRECT_SCAN_H */
