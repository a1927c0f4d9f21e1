/*-------------------------------------------------------------------------
 *
 * lease.c
 *		bot_session_claim, bot_session_renew and bot_session_release: which
 *		worker runs which session; and what other functions ask of leases.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "arguments.h"
#include "lease_check.h"
#include "lease_table.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_claim);
PG_FUNCTION_INFO_V1(bot_session_renew);
PG_FUNCTION_INFO_V1(bot_session_release);
PG_FUNCTION_INFO_V1(bot_session_lease_allows);
PG_FUNCTION_INFO_V1(bot_session_lock_leases);

/*
 * Read the argument that names leases: an object, {session_id: fence, ...}.
 * Its arrays are allocated in the current context.
 */
static void
lease_read_names(FunctionCallInfo fcinfo, int argno, LeaseNames *names)
{
	Jsonb	   *fences = PG_ARGISNULL(argno) ? NULL : PG_GETARG_JSONB_P(argno);
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (fences == NULL || !JB_ROOT_IS_OBJECT(fences))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fences must be a JSON object"),
				 errhint("For example {\"bot1\": 42}, with the fences that bot_session_start and bot_session_claim returned.")));

	names->n = 0;
	names->session_ids = palloc_array(text *, JB_ROOT_COUNT(fences));
	names->fences = palloc_array(Datum, JB_ROOT_COUNT(fences));
	iterator = JsonbIteratorInit(&fences->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		int64		fence;

		if (token == WJB_KEY)
			names->session_ids[names->n] =
				cstring_to_text_with_len(value.val.string.val,
										 value.val.string.len);
		else if (token == WJB_VALUE)
		{
			if (!json_fence(&value, &fence))
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("every fence of fences must be a whole number"),
						 errhint(FENCE_HINT)));
			names->fences[names->n++] = Int64GetDatum(fence);
		}
	}
}

/*
 * Begin the result of a function that returns a set of leases.
 */
static ReturnSetInfo *
lease_results_begin(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *results = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	lease_columns_require(results->setDesc, "type bot_session_lease");
	return results;
}

/*
 * bot_session_claim(worker text, max_sessions integer, ttl interval)
 *		returns setof bot_session_lease
 */
Datum
bot_session_claim(PG_FUNCTION_ARGS)
{
	text	   *worker = get_worker(fcinfo, 0);
	int			max_sessions = get_positive_int32(fcinfo, 1, "max_sessions");
	Interval   *ttl = get_positive_interval(fcinfo, 2, "ttl");
	ReturnSetInfo *results = lease_results_begin(fcinfo);
	SessionCall call;
	text	  **session_ids;
	int			n;

	session_call_open_spi(&call, fcinfo, "bot_session_claim()");
	n = lease_lock_abandoned(&call.spi, max_sessions, &session_ids);
	if (n > 0)
		lease_claim(&call.spi, session_ids, n, worker, ttl, results);
	session_call_close(&call);

	return (Datum) 0;
}

/*
 * bot_session_renew(fences jsonb, ttl interval)
 *		returns setof bot_session_lease
 */
Datum
bot_session_renew(PG_FUNCTION_ARGS)
{
	LeaseNames	names;
	Interval   *ttl;
	ReturnSetInfo *results;
	SessionCall call;

	lease_read_names(fcinfo, 0, &names);
	ttl = get_positive_interval(fcinfo, 1, "ttl");
	results = lease_results_begin(fcinfo);

	session_call_open_spi(&call, fcinfo, "bot_session_renew()");
	lease_renew(&call.spi, &names, ttl, results);
	session_call_close(&call);

	return (Datum) 0;
}

/*
 * bot_session_release(fences jsonb) returns setof bot_session_lease
 */
Datum
bot_session_release(PG_FUNCTION_ARGS)
{
	LeaseNames	names;
	ReturnSetInfo *results;
	SessionCall call;
	text	  **locked;

	lease_read_names(fcinfo, 0, &names);
	results = lease_results_begin(fcinfo);

	session_call_open(&call, fcinfo, "bot_session_release()", RowShareLock);
	(void) session_lock_many(&call, names.session_ids, names.n, &locked);
	lease_release(&call.spi, &names, results);
	session_call_close(&call);

	return (Datum) 0;
}

/*
 * bot_session_lease_allows(session_id text, fence bigint) returns boolean
 *
 * Asked by our own statements.  In the PL/pgSQL edition functions have no other
 * way to ask as the owner of the tables.
 */
Datum
bot_session_lease_allows(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_text_or_null(fcinfo, 0);
	const int64 *fence = get_fence_or_null(fcinfo, 1);
	SpiCall		call = {.schema = get_func_namespace(fcinfo->flinfo->fn_oid)};
	bool		allows;

	if (session_id == NULL)
		PG_RETURN_BOOL(fence == NULL);

	allows = lease_allows(&call, session_id, fence);
	spi_call_end(&call);

	PG_RETURN_BOOL(allows);
}

/*
 * bot_session_lock_leases(session_ids text[]) returns integer
 */
Datum
bot_session_lock_leases(PG_FUNCTION_ARGS)
{
	SessionCall call;
	Datum	   *elements;
	bool	   *nulls;
	int			nelements;
	text	  **session_ids;
	int			n = 0;
	int			nlocked;

	if (PG_ARGISNULL(0))
		PG_RETURN_INT32(0);

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &nelements);
	session_ids = palloc_array(text *, nelements);
	for (int i = 0; i < nelements; i++)
	{
		if (!nulls[i])
			session_ids[n++] = DatumGetTextPP(elements[i]);
	}

	session_call_open_spi(&call, fcinfo, "bot_session_lock_leases()");
	nlocked = lease_lock(&call.spi, session_ids, n);
	session_call_close(&call);

	PG_RETURN_INT32(nlocked);
}
