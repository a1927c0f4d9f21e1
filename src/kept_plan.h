/*-------------------------------------------------------------------------
 *
 * kept_plan.h
 *		SPI plans that live as long as the backend, and what executes them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef KEPT_PLAN_H
#define KEPT_PLAN_H

#include "executor/spi.h"

/* One statement, for a schema; zeroed where there is no plan yet. */
typedef struct KeptPlan
{
	SPIPlanPtr	plan;
	Oid			schema;
	NameData	schema_name;	/* as it stands in the text of the statement */
	struct KeptPlan *next;		/* for another schema */
} KeptPlan;

/* The statements of one call of a function; start from {.schema}. */
typedef struct SpiCall
{
	Oid			schema;
	bool		connected;		/* to SPI, by the first statement */
} SpiCall;

extern SPIPlanPtr kept_plan_lookup(KeptPlan *kept, Oid schema);

extern void spi_call_execute(SpiCall *call, KeptPlan *kept, const char *sql,
							 int nargs, Oid *argtypes, Datum *values,
							 const char *nulls);
extern void spi_call_execute_as_owner(SpiCall *call, Oid relid, KeptPlan *kept,
									  const char *sql, int nargs,
									  Oid *argtypes, Datum *values,
									  const char *nulls);
extern int	spi_call_session_ids(SpiCall *call, KeptPlan *kept,
								 const char *sql, int nargs, Oid *argtypes,
								 Datum *values, text ***session_ids);
extern void spi_call_end(SpiCall *call);

extern Datum text_array(text **texts, int n);

#endif							/* KEPT_PLAN_H */
