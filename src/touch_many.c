/*-------------------------------------------------------------------------
 *
 * touch_many.c
 *		bot_session_touch_many: a batch of touches.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "compat.h"
#include "json_element.h"
#include "lease_check.h"
#include "session_result.h"
#include "session_table.h"
#include "touch.h"

PG_FUNCTION_INFO_V1(bot_session_touch_many);

/* An element of the batch; its strings live in the batch itself. */
typedef struct BatchElement
{
	JsonbValue	session_id;
	JsonbValue	last_message;	/* jbvNull if not given */
	JsonbValue	qr_data;		/* jbvNull if not given */
	bool		has_fence;
	int64		fence;			/* if has_fence */
} BatchElement;

/* What the elements of a batch share. */
typedef struct Batch
{
	BatchElement *elements;		/* in input order */
	text	  **session_ids;	/* of the elements */
	int			nelements;
	text	  **locked;			/* those that exist, sorted */
	int			nlocked;
	Lease	   *leases;			/* of elements with a fence, sorted */
	int			nleases;
} Batch;

/* What becomes of an element. */
typedef struct ElementTouch
{
	const Batch *batch;
	int			number;			/* of the element, from 0 */
	bool		fence_live;
} ElementTouch;

/*
 * Read one element of the batch.
 */
static void
element_read(JsonElement *element, const JsonbValue *value,
			 BatchElement *result)
{
	uint32		nkeys;

	json_element_begin(element, value);
	nkeys = json_element_string(element, "session_id", &result->session_id);
	nkeys += json_element_string(element, "last_message", &result->last_message);
	nkeys += json_element_string(element, "qr_data", &result->qr_data);
	nkeys += json_element_fence(element, &result->has_fence, &result->fence);
	json_element_end(element, nkeys,
					 "The keys are session_id, last_message, qr_data and fence.",
					 &result->session_id);
}

/*
 * Read the whole batch, before anything is locked or written.  Its arrays are
 * allocated in the current context.
 */
static void
batch_read(FunctionCallInfo fcinfo, int argno, Batch *batch)
{
	Jsonb	   *sessions = json_batch(fcinfo, argno, "sessions",
									  "For example [{\"session_id\": \"bot1\", \"last_message\": \"hello\"}].");
	JsonElement element = {.batch = "sessions"};
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	int			n = 0;

	batch->elements =
		palloc_extended(JB_ROOT_COUNT(sessions) * sizeof(BatchElement),
						MCXT_ALLOC_HUGE);
	iterator = JsonbIteratorInit(&sessions->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_ELEM)
			element_read(&element, &value, &batch->elements[n++]);
	}
	batch->nelements = n;
	batch->session_ids = palloc_array(text *, n);
	for (int i = 0; i < n; i++)
		batch->session_ids[i] = json_text(&batch->elements[i].session_id);
}

/*
 * Read the leases of those elements that give a fence.
 */
static void
batch_read_leases(SpiCall *call, Batch *batch)
{
	text	  **with_fence = palloc_array(text *, batch->nelements);
	int			n = 0;

	for (int i = 0; i < batch->nelements; i++)
	{
		if (batch->elements[i].has_fence)
			with_fence[n++] = batch->session_ids[i];
	}
	batch->leases = NULL;
	batch->nleases = n == 0 ? 0 :
		lease_read(call, with_fence, n, LEASE_WITH_FENCES, &batch->leases);
}

/*
 * As touch_decide(), but what is refused is left out and its row says so: one
 * with a stale fence has no fence, one that takes no QR code is inactive.
 */
static bool
element_decide(SessionCall *call, const SessionRow *before,
			   SessionChanges *changes, void *arg)
{
	ElementTouch *touch = arg;
	const Batch *batch = touch->batch;
	const BatchElement *element = &batch->elements[touch->number];
	text	   *last_message = json_text(&element->last_message);
	text	   *qr_data = json_text(&element->qr_data);

	if (element->has_fence)
	{
		const Lease *lease = lease_find(batch->leases, batch->nleases,
										batch->session_ids[touch->number]);

		touch->fence_live = lease && lease->live &&
			lease->fence == element->fence && session_is_active(before);
		if (!touch->fence_live)
			return false;
	}
	if (touch_is_refused(qr_data, before))
	{
		if (last_message == NULL)
			return false;
		qr_data = NULL;
	}
	touch_set(changes, last_message, qr_data);
	return true;
}

/*
 * Work off one element, counted from 0, and add its row to the results.
 */
static void
element_touch(SessionCall *call, const Batch *batch, int number,
			  ReturnSetInfo *results)
{
	ElementTouch touch = {.batch = batch,.number = number};
	text	   *session_id = batch->session_ids[number];
	SessionRow	before;
	SessionRow	row;

	if (bsearch(&session_id, batch->locked, batch->nlocked, sizeof(text *),
				session_id_compare) &&
		session_change(call, session_id, SESSION_LOCK_FIRST, element_decide,
					   &touch, &before, &row))
		session_results_put(results, &row, &before,
							touch.fence_live ? &batch->elements[number].fence : NULL);
	else
	{
		/* Unknown: its session_id and nothing else */
		memset(&row, 0, sizeof(row));
		memset(row.isnull, true, sizeof(row.isnull));
		row.values[COLUMN_SESSION_ID] = PointerGetDatum(session_id);
		row.isnull[COLUMN_SESSION_ID] = false;
		session_results_put(results, &row, NULL, NULL);
	}
}

/*
 * bot_session_touch_many(sessions jsonb) returns setof bot_session
 *
 * Everything is locked first, in one order for all batches, and then worked
 * off in the order given.  A session that was not there to be locked stays
 * unknown to this call even if it is created meanwhile: to lock it now would
 * be out of order.
 */
Datum
bot_session_touch_many(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *results;
	SessionCall call;
	Batch		batch;
	MemoryContext each_context;
	MemoryContext oldcontext;

	batch_read(fcinfo, 0, &batch);
	results = session_results_begin(fcinfo);

	session_call_open(&call, fcinfo, "bot_session_touch_many()",
					  RowExclusiveLock);
	batch.nlocked = session_lock_many(&call, batch.session_ids,
									  batch.nelements, &batch.locked);
	compat_injection_point("botsession-batch-locked");
	batch_read_leases(&call.spi, &batch);

	each_context = AllocSetContextCreate(CurrentMemoryContext,
										 "bot_session_touch_many",
										 ALLOCSET_DEFAULT_SIZES);
	oldcontext = MemoryContextSwitchTo(each_context);
	for (int i = 0; i < batch.nelements; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(each_context);
		element_touch(&call, &batch, i, results);
		compat_injection_point("botsession-element-done");
	}
	MemoryContextSwitchTo(oldcontext);
	session_call_close(&call);

	return (Datum) 0;
}
