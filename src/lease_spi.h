/*-------------------------------------------------------------------------
 *
 * lease_spi.h
 *		Statements on table bot_session_leases.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEASE_SPI_H
#define LEASE_SPI_H

#include "botsession.h"
#include "kept_plan.h"
#include "lease_row.h"

/* In all statements %1$s stands for the schema; operators are qualified */
#define LEASE_TABLE			"%1$s." LEASE_TABLE_NAME " l"
#define LEASE_COLUMN_LIST	"l.session_id, l.worker, l.fence, l.expires_at"
#define LEASE_NAMED			"l.session_id operator(pg_catalog.=) any ($1)"
#define LEASE_CLOCK			"pg_catalog.clock_timestamp()"
#define LEASE_HELD			"l.expires_at operator(pg_catalog.>) " LEASE_CLOCK
#define LEASE_ORDER(table)	" order by " table ".session_id collate pg_catalog.\"C\""

extern void lease_spi_execute(SpiCall *call, int flags, KeptPlan *kept,
							  const char *sql, int nargs, Oid *argtypes,
							  Datum *values);
extern int	lease_spi_read(SpiCall *call, text **session_ids, int n, int flags,
						   Lease **leases);
extern int	lease_spi_lock(SpiCall *call, int flags, Datum session_ids);

#endif							/* LEASE_SPI_H */
