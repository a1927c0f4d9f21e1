/*-------------------------------------------------------------------------
 *
 * session_result.c
 *		Sessions as values of type bot_session.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "session_result.h"

/* The attributes of the type: the columns of the table, then previous_status */
#define NUM_RESULT_ATTRIBUTES	(NUM_SESSION_COLUMNS + 1)

static const Oid attribute_types[NUM_RESULT_ATTRIBUTES] = {
	TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID
};

/*
 * The owner of the type may alter it, with ALTER TYPE ADD ATTRIBUTE say.
 */
static void
check_result_type(TupleDesc tupdesc)
{
	bool		same = tupdesc->natts == NUM_RESULT_ATTRIBUTES;

	for (int i = 0; same && i < NUM_RESULT_ATTRIBUTES; i++)
		same = TupleDescAttr(tupdesc, i)->atttypid == attribute_types[i];
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type bot_session has been altered"),
				 errhint("Undo that with ALTER TYPE, or make it anew: drop the extension with CASCADE, which keeps all rows, and run the migration create_bot_sessions.sql.")));
}

/*
 * The values of a result: the row, and the status it had before the call if
 * it was there.
 */
static void
fill(Datum *values, bool *isnull, const SessionRow *row,
	 const SessionRow *before)
{
	memcpy(values, row->values, sizeof(row->values));
	memcpy(isnull, row->isnull, sizeof(row->isnull));
	values[NUM_SESSION_COLUMNS] = before ? before->values[COLUMN_STATUS] : (Datum) 0;
	isnull[NUM_SESSION_COLUMNS] = before ? before->isnull[COLUMN_STATUS] : true;
}

/*
 * The result of a function that returns one session.
 */
Datum
session_result(FunctionCallInfo fcinfo, const SessionRow *row,
			   const SessionRow *before)
{
	TupleDesc	tupdesc;
	Datum		values[NUM_RESULT_ATTRIBUTES];
	bool		isnull[NUM_RESULT_ATTRIBUTES];
	HeapTuple	tuple;

	tupdesc = lookup_rowtype_tupdesc(get_func_rettype(fcinfo->flinfo->fn_oid),
									 -1);
	check_result_type(tupdesc);
	fill(values, isnull, row, before);
	tuple = heap_form_tuple(tupdesc, values, isnull);
	ReleaseTupleDesc(tupdesc);
	return HeapTupleGetDatum(tuple);
}

/*
 * Begin the result of a function that returns a set of sessions.
 */
ReturnSetInfo *
session_results_begin(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *results = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	check_result_type(results->setDesc);
	return results;
}

void
session_results_put(ReturnSetInfo *results, const SessionRow *row,
					const SessionRow *before)
{
	Datum		values[NUM_RESULT_ATTRIBUTES];
	bool		isnull[NUM_RESULT_ATTRIBUTES];

	fill(values, isnull, row, before);
	tuplestore_putvalues(results->setResult, results->setDesc, values, isnull);
}
