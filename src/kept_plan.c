/*-------------------------------------------------------------------------
 *
 * kept_plan.c
 *		SPI plans that live as long as the backend, and what executes them.
 *
 * The server plans a kept statement anew when a table, a policy or a type
 * under it changes.  Every name in our statements is qualified, so the
 * search_path of the caller means nothing to them.  The name of the schema is
 * part of the text: after ALTER SCHEMA RENAME the statement is written again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "botsession.h"
#include "compat.h"
#include "kept_plan.h"
#include "owner_switch.h"
#include "schema.h"

/*
 * Returns the kept plan for a schema, or NULL if it has yet to be prepared.
 */
SPIPlanPtr
kept_plan_lookup(KeptPlan *kept, Oid schema)
{
	char	   *name;
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

	name = get_namespace_name(schema);
	renamed = name == NULL || strcmp(name, NameStr(kept->schema_name)) != 0;
	if (name)
		pfree(name);

	return renamed ? NULL : kept->plan;
}

/*
 * Prepare a statement and keep its plan for the rest of the backend's life.
 *
 * A plan that was there before is not freed: a call further up the stack may
 * be executing it, one whose trigger brought us here.  That loses a few
 * kilobytes for each schema that is renamed or dropped.
 */
static SPIPlanPtr
kept_plan_save(KeptPlan *kept, Oid schema, const char *name,
			   const char *sql, int nargs, Oid *argtypes)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	SPIPlanPtr	plan;

	plan = SPI_prepare(sql, nargs, argtypes);
	/* SPI_prepare() leaves us in its own context, gone after SPI_finish() */
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
	namestrcpy(&kept->schema_name, name);
	kept->schema = schema;
	kept->plan = plan;
	return plan;
}

/*
 * Check that each parameter has a value or is marked as NULL.  What copies or
 * prints the parameters of a statement, as auto_explain does, also follows the
 * pointers of those that the statement does not use.
 */
static void
kept_plan_check_parameters(int nargs, const Oid *argtypes, const Datum *values,
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
 * Execute a statement, and prepare it the first time.  In its text %1$s stands
 * for the name of the schema.  The caller has connected to SPI.
 */
static void
kept_plan_execute(KeptPlan *kept, Oid schema, const char *sql, int nargs,
				  Oid *argtypes, Datum *values, const char *nulls)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	SPIPlanPtr	plan = kept_plan_lookup(kept, schema);
	int			result;

	kept_plan_check_parameters(nargs, argtypes, values, nulls);
	if (plan == NULL)
	{
		char	   *name = schema_name(schema);

		plan = kept_plan_save(kept, schema, name,
							  psprintf(sql, quote_identifier(name)),
							  nargs, argtypes);
	}
	result = SPI_execute_plan(plan, values, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan failed: %s",
			 SPI_result_code_string(result));
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Execute a statement of a call.  The first one connects to SPI.
 *
 * The current memory context stays the caller's: what is allocated in SPI's
 * own would be gone with the connection.
 */
void
spi_call_execute(SpiCall *call, KeptPlan *kept, const char *sql, int nargs,
				 Oid *argtypes, Datum *values, const char *nulls)
{
	if (!call->connected)
	{
		MemoryContext oldcontext = CurrentMemoryContext;

		SPI_connect();
		call->connected = true;
		MemoryContextSwitchTo(oldcontext);
	}
	kept_plan_execute(kept, call->schema, sql, nargs, argtypes, values, nulls);
}

/*
 * The same, as the owner of a table of ours.
 */
void
spi_call_execute_as_owner(SpiCall *call, Oid relid, KeptPlan *kept,
						  const char *sql, int nargs, Oid *argtypes,
						  Datum *values, const char *nulls)
{
	OwnerSwitch caller;

	owner_switch(&caller, call->schema, relid);
	spi_call_execute(call, kept, sql, nargs, argtypes, values, nulls);
	owner_switch_back(&caller);
}

/*
 * Execute a statement that returns the session_id of each of its sessions.
 * They are allocated in the current context.  Returns how many there are.
 */
int
spi_call_session_ids(SpiCall *call, KeptPlan *kept, const char *sql, int nargs,
					 Oid *argtypes, Datum *values, text ***session_ids)
{
	static const ColumnInfo session_id = {"session_id", TEXTOID};
	int			n = 0;

	spi_call_execute(call, kept, sql, nargs, argtypes, values, NULL);
	column_require_type(&session_id, SESSION_TABLE_NAME,
						SPI_gettypeid(SPI_tuptable->tupdesc, 1));
	*session_ids = palloc_array(text *, SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i],
										  SPI_tuptable->tupdesc, 1, &isnull);

		/* Without the primary key there may be one that has no name */
		if (!isnull)
			(*session_ids)[n++] = DatumGetTextPCopy(value);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/*
 * End the statements of a call.
 */
void
spi_call_end(SpiCall *call)
{
	if (call->connected)
		SPI_finish();
}

/*
 * Returns the value of a parameter of type text[], allocated in the current
 * context.
 */
Datum
text_array(text **texts, int n)
{
	Datum	   *elements = palloc_array(Datum, n);

	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(texts[i]);
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}
