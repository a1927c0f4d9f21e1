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
 * Check that the type has not been altered, which its owner may do.
 */
static void
session_result_check(TupleDesc tupdesc)
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
 * Set the values of a result: the row, the status it had before the call, and
 * the fence.  before is NULL if the call created the row, fence is NULL if no
 * lease is involved.
 */
static void
session_result_fill(Datum *values, bool *isnull, const SessionRow *row,
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
 * Returns the result of a function that returns one session, allocated in the
 * current context.
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
	session_result_check(tupdesc);
	session_result_fill(values, isnull, row, before, fence);
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
	session_result_check(results->setDesc);
	return results;
}

/*
 * Add a session to the result of a function that returns a set.
 */
void
session_results_put(ReturnSetInfo *results, const SessionRow *row,
					const SessionRow *before, const int64 *fence)
{
	Datum		values[NUM_RESULT_ATTRIBUTES];
	bool		isnull[NUM_RESULT_ATTRIBUTES];

	compat_injection_point("botsession-result-put");
	session_result_fill(values, isnull, row, before, fence);
	tuplestore_putvalues(results->setResult, results->setDesc, values, isnull);
}
