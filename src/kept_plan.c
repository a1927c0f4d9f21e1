/*-------------------------------------------------------------------------
 *
 * kept_plan.c
 *		SPI plans that live as long as the backend.
 *
 * The server plans a kept statement anew by itself when a table, a policy or
 * a type under it changes.  As every name in our statements is qualified, the
 * search_path of the caller means nothing to them.  What is left is the name
 * of the schema itself, which is part of the text: after ALTER SCHEMA RENAME
 * the statement has to be written again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat.h"
#include "kept_plan.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/*
 * The name of a schema, which may have been dropped meanwhile: a call holds no
 * lock on it.
 */
char *
get_schema_name(Oid schema)
{
	char	   *name = get_namespace_name(schema);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema with OID %u does not exist", schema)));
	return name;
}

/*
 * The kept plan for a schema, or NULL where it has yet to be prepared.
 */
SPIPlanPtr
kept_plan_lookup(KeptPlan *kept, Oid schema)
{
	char	   *schema_name;
	bool		renamed;

	while (kept->schema != schema)
	{
		kept = kept->next;
		if (kept == NULL)
			return NULL;
	}

	/* A rename makes every plan invalid: no need to look at the name before */
	if (SPI_plan_is_valid(kept->plan))
		return kept->plan;

	schema_name = get_namespace_name(schema);
	renamed = schema_name == NULL ||
		strcmp(schema_name, NameStr(kept->schema_name)) != 0;
	if (schema_name)
		pfree(schema_name);

	return renamed ? NULL : kept->plan;
}

/*
 * Prepare a statement and keep its plan for the rest of the backend's life.
 *
 * A plan that was there before is not freed: a call further up the stack,
 * one whose trigger brought us here, may be executing it.  That loses a few
 * kilobytes for each rename of the schema, and for each that was dropped.
 */
static SPIPlanPtr
kept_plan_save(KeptPlan *kept, Oid schema, const char *schema_name,
			   const char *sql, int nargs, Oid *argtypes)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	SPIPlanPtr	plan;

	plan = SPI_prepare(sql, nargs, argtypes);
	/* It leaves us in SPI's own context, which is gone after SPI_finish() */
	MemoryContextSwitchTo(oldcontext);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s for %s",
			 SPI_result_code_string(SPI_result), sql);
	compat_injection_point("botsession-plan-prepared");
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed for %s", sql);

	/* Its place in the list, or one that is new */
	while (OidIsValid(kept->schema) && kept->schema != schema)
	{
		KeptPlan   *next = kept->next;

		if (next == NULL)
		{
			next = MemoryContextAllocZero(TopMemoryContext, sizeof(KeptPlan));
			kept->next = next;
		}
		kept = next;
	}
	/* The name that is in the text, whatever it may be by now */
	namestrcpy(&kept->schema_name, schema_name);
	kept->schema = schema;
	kept->plan = plan;
	return plan;
}

/*
 * Check that each parameter has a value or is marked as NULL.  Whoever copies
 * or prints the parameters of a statement, as auto_explain does, follows the
 * pointers of those that the statement does not use, too.
 */
static void
check_parameters(int nargs, const Oid *argtypes, const Datum *values,
				 const char *nulls)
{
	for (int i = 0; i < nargs; i++)
	{
		if (values[i] == (Datum) 0 && (nulls == NULL || nulls[i] == ' ') &&
			!get_typbyval(argtypes[i]))
			elog(ERROR, "parameter $%d has no value", i + 1);
	}
}

/*
 * Execute a statement, which is prepared the first time.  In it %1$s stands
 * for the name of the schema.
 */
void
kept_plan_execute(KeptPlan *kept, Oid schema, const char *sql, int nargs,
				  Oid *argtypes, Datum *values, const char *nulls)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	SPIPlanPtr	plan = kept_plan_lookup(kept, schema);
	int			result;

	check_parameters(nargs, argtypes, values, nulls);
	if (plan == NULL)
	{
		char	   *schema_name = get_schema_name(schema);

		plan = kept_plan_save(kept, schema, schema_name,
							  psprintf(sql, quote_identifier(schema_name)),
							  nargs, argtypes);
	}
	result = SPI_execute_plan(plan, values, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan failed: %s",
			 SPI_result_code_string(result));
	MemoryContextSwitchTo(oldcontext);
}
