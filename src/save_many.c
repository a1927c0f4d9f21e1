/*-------------------------------------------------------------------------
 *
 * save_many.c
 *		bot_session_save_many: a batch of saves.
 *
 * Everything is locked first, in one order for all batches.  Then all elements
 * are saved by the statements that save one, unless a session is in the batch
 * more than once: its elements are applied one after the other, in rounds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "compat.h"
#include "data_table.h"
#include "json_element.h"
#include "json_string.h"
#include "lease_check.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_save_many);

/* An element of the batch. */
typedef struct SaveElement
{
	DataSave	save;			/* begins with the session_id */
	int			number;			/* in input order, from 0 */
	bool		has_fence;
	int64		fence;			/* if has_fence */
	const char *refused;		/* SQLSTATE, or NULL */
	int			round;			/* counted from 1, unless refused */
	int			changed;		/* rows */
} SaveElement;

/*
 * Read the whole batch, before anything is locked or written.  Returns the
 * elements in input order, allocated in the current context.
 */
static SaveElement *
saves_read(FunctionCallInfo fcinfo, int argno, int *n)
{
	Jsonb	   *saves = json_batch(fcinfo, argno, "saves",
								   "For example [{\"session_id\": \"bot1\", \"data\": {\"creds\": {\"creds\": \"text\"}}, \"fence\": 42}].");
	SaveElement *elements = palloc_extended(JB_ROOT_COUNT(saves) * sizeof(SaveElement),
											MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	JsonElement json = {.batch = "saves"};
	JsonbIterator *iterator = JsonbIteratorInit(&saves->root);
	JsonbIteratorToken token;
	JsonbValue	value;
	int			too_long = 0;

	*n = 0;
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		SaveElement *element = &elements[*n];
		JsonbValue	session_id;
		JsonbValue	data;
		char		argument[64];
		uint32		nkeys;

		if (token != WJB_ELEM)
			continue;
		json_element_begin(&json, &value);
		nkeys = json_element_string(&json, "session_id", &session_id);
		nkeys += json_element_fence(&json, &element->has_fence, &element->fence);
		nkeys += json_element_value(&json, "data", &data);
		json_element_end(&json, nkeys,
						 "The keys are session_id, data and fence.",
						 &session_id);
		snprintf(argument, sizeof(argument), "data of element %d of saves",
				 json.number);
		data_entries_read(&element->save.data,
						  data.type == jbvBinary ? data.val.binary.data : NULL,
						  argument);
		if (element->save.data.too_long && too_long == 0)
			too_long = json.number;
		element->save.session_id = json_text(&session_id);
		element->number = (*n)++;
	}
	if (too_long > 0)
		data_entries_report_too_long(psprintf("data of element %d of saves",
											  too_long));
	return elements;
}

/*
 * Compare elements by the bytes of their session_id, then in input order.
 */
static int
save_element_compare(const void *a, const void *b)
{
	int			result = session_id_compare(a, b);

	return result != 0 ? result :
		((const SaveElement *) a)->number - ((const SaveElement *) b)->number;
}

/*
 * Decide about each of the sorted elements: what is refused, and in which round
 * the others are saved.  Returns the number of rounds.
 */
static int
saves_decide(SessionCall *call, SaveElement *elements, int n,
			 text **locked, int nlocked)
{
	SaveElement *last = NULL;	/* accepted, of any session */
	int			nrounds = 0;

	for (int i = 0; i < n; i++)
	{
		SaveElement *element = &elements[i];
		text	   *session_id = element->save.session_id;
		SessionRow	row;

		CHECK_FOR_INTERRUPTS();
		/* One that was not there to be locked stays unknown to this call */
		if (!bsearch(&session_id, locked, nlocked, sizeof(text *),
					 session_id_compare) ||
			!session_find(call, session_id, &row))
			element->refused = "PT404";
		else if (!lease_lets_go_on(&call->spi, session_id,
								   element->has_fence ? &element->fence : NULL,
								   &row, LEASE_SESSION_LOCKED) ||
				 !session_is_active(&row))
			element->refused = "PT409";
		else
		{
			element->round = last && session_id_compare(last, element) == 0 ?
				last->round + 1 : 1;
			nrounds = Max(nrounds, element->round);
			last = element;
		}
	}
	return nrounds;
}

/*
 * Save the elements of one round, which are of different sessions and sorted,
 * and count what that changed.
 */
static void
saves_write(SpiCall *call, SaveElement *elements, int n, int round)
{
	DataSave   *saves = palloc_array(DataSave, n);
	SaveElement **of_round = palloc_array(SaveElement *, n);
	int			nsaves = 0;
	List	   *changed = NIL;
	ListCell   *cell;

	for (int i = 0; i < n; i++)
	{
		if (elements[i].refused == NULL && elements[i].round == round)
		{
			saves[nsaves] = elements[i].save;
			of_round[nsaves++] = &elements[i];
		}
	}
	(void) data_save(call, saves, nsaves, &changed);
	foreach(cell, changed)
	{
		text	   *session_id = lfirst(cell);
		DataSave   *save = bsearch(&session_id, saves, nsaves, sizeof(DataSave),
								   session_id_compare);

		/* A trigger of a user's may have written another session_id */
		if (save)
			of_round[save - saves]->changed++;
	}
	pfree(saves);
	pfree(of_round);
}

/*
 * Returns what is answered, allocated in the current context.
 */
static Datum
saves_answer(const SaveElement *elements, int n)
{
	const SaveElement **in_order = palloc_array(const SaveElement *, n);
	StringInfoData json;

	for (int i = 0; i < n; i++)
		in_order[elements[i].number] = &elements[i];
	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	for (int i = 0; i < n; i++)
	{
		const SaveElement *element = in_order[i];

		appendStringInfoString(&json, i > 0 ? ", {\"session_id\": " : "{\"session_id\": ");
		json_append_text(&json, element->save.session_id);
		if (element->refused)
			appendStringInfo(&json, ", \"refused\": \"%s\"}", element->refused);
		else
			appendStringInfo(&json, ", \"changed\": %d}", element->changed);
	}
	appendStringInfoChar(&json, ']');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/*
 * bot_session_save_many(saves jsonb) returns jsonb
 */
Datum
bot_session_save_many(PG_FUNCTION_ARGS)
{
	SessionCall call;
	SaveElement *elements;
	int			n;
	text	  **session_ids;
	text	  **locked;
	int			nlocked;
	int			nrounds;

	elements = saves_read(fcinfo, 0, &n);
	session_ids = palloc_array(text *, n);
	for (int i = 0; i < n; i++)
		session_ids[i] = elements[i].save.session_id;

	session_call_open(&call, fcinfo, "bot_session_save_many()", RowShareLock);
	nlocked = session_lock_many(&call, session_ids, n, &locked);
	compat_injection_point("botsession-saves-locked");

	/* Leases that have to be locked are locked in that order, too */
	qsort(elements, n, sizeof(SaveElement), save_element_compare);
	nrounds = saves_decide(&call, elements, n, locked, nlocked);
	for (int round = 1; round <= nrounds; round++)
		saves_write(&call.spi, elements, n, round);
	session_call_close(&call);

	return saves_answer(elements, n);
}
