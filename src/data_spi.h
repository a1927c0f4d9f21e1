/*-------------------------------------------------------------------------
 *
 * data_spi.h
 *		Statements on table bot_session_data.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_SPI_H
#define DATA_SPI_H

#include "botsession.h"
#include "kept_plan.h"

/* In all statements %1$s stands for the schema; operators are qualified */
#define DATA_TABLE			"%1$s." DATA_TABLE_NAME " d"

extern void data_spi_execute(SpiCall *call, KeptPlan *kept, const char *sql,
							 int nargs, Oid *argtypes, Datum *values);
extern Datum data_spi_array(Datum *texts, int n);

#endif							/* DATA_SPI_H */
