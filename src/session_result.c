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

#include "compat.h"
#include "session_result.h"

/* The attributes of the type: the columns of the table, then these */
#define ATTRIBUTE_PREVIOUS_STATUS	NUM_SESSION_COLUMNS
#define ATTRIBUTE_FENCE				(NUM_SESSION_COLUMNS + 1)
#define NUM_RESULT_ATTRIBUTES		(NUM_SESSION_COLUMNS + 2)

static const Oid attribute_types[NUM_RESULT_ATTRIBUTES] = {
	TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID,
	TEXTOID, INT8OID
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
				 errhint("Make it anew: drop the extension with CASCADE, which keeps all rows, and run the migration create_bot_sessions.sql.")));
}

/*
 * The values of a result: the row, the status it had before the call if it was
 * there, and the fence if a lease is involved.
 */
static void
fill(Datum *values, bool *isnull, const SessionRow *row,
	 const SessionRow *before, const int64 *fence)
{
	memcpy(values, row->values, sizeof(row->values));
	memcpy(isnull, row->isnull, sizeof(row->isnull));
	values[ATTRIBUTE_PREVIOUS_STATUS] =
		before ? before->values[COLUMN_STATUS] : (Datum) 0;
	isnull[ATTRIBUTE_PREVIOUS_STATUS] =
		before ? before->isnull[COLUMN_STATUS] : true;
	values[ATTRIBUTE_FENCE] = fence ? Int64GetDatum(*fence) : (Datum) 0;
	isnull[ATTRIBUTE_FENCE] = fence == NULL;
}

/*
 * The result of a function that returns one session.
 */
Datum
session_result(FunctionCallInfo fcinfo, const SessionRow *row,
			   const SessionRow *before, const int64 *fence)
{
	TupleDesc	tupdesc;
	Datum		values[NUM_RESULT_ATTRIBUTES];
	bool		isnull[NUM_RESULT_ATTRIBUTES];
	HeapTuple	tuple;

	tupdesc = lookup_rowtype_tupdesc(get_func_rettype(fcinfo->flinfo->fn_oid),
									 -1);
	check_result_type(tupdesc);
	fill(values, isnull, row, before, fence);
	tuple = heap_form_tuple(tupdesc, values, isnull);
	compat_injection_point("botsession-result-made");
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
					const SessionRow *before, const int64 *fence)
{
	Datum		values[NUM_RESULT_ATTRIBUTES];
	bool		isnull[NUM_RESULT_ATTRIBUTES];

	compat_injection_point("botsession-result-put");
	fill(values, isnull, row, before, fence);
	tuplestore_putvalues(results->setResult, results->setDesc, values, isnull);
}
