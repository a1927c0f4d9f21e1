/*-------------------------------------------------------------------------
 *
 * kept_plan.h
 *		SPI plans that live as long as the backend.
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

extern char *get_schema_name(Oid schema);
extern SPIPlanPtr kept_plan_lookup(KeptPlan *kept, Oid schema);
extern void kept_plan_execute(KeptPlan *kept, Oid schema, const char *sql,
							  int nargs, Oid *argtypes, Datum *values,
							  const char *nulls);

#endif							/* KEPT_PLAN_H */
