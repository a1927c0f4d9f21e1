/*-------------------------------------------------------------------------
 *
 * touch.c
 *		bot_session_touch and bot_session_touch_many: messages, QR codes and
 *		heartbeats of a session.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "botsession.h"
#include "compat.h"
#include "lease_table.h"
#include "session_result.h"
#include "session_table.h"

PG_FUNCTION_INFO_V1(bot_session_touch);
PG_FUNCTION_INFO_V1(bot_session_touch_many);

/* An element of the batch; its strings live in the batch itself. */
typedef struct BatchElement
{
	JsonbValue	session_id;
	JsonbValue	last_message;	/* jbvNull where it is not given */
	JsonbValue	qr_data;
	bool		fenced;
	int64		fence;
} BatchElement;

static bool
is_qr_code(text *qr_data)
{
	return qr_data != NULL && VARSIZE_ANY_EXHDR(qr_data) > 0;
}

/*
 * Record what is given of a session that was found: NULL keeps what is
 * stored, an empty QR code removes it, and nothing at all is a heartbeat.
 * False, with nothing done, where the session has changed since.
 */
static bool
touch_session(SessionTable *table, text *session_id, text *last_message,
			  text *qr_data, SessionRow *row)
{
	SessionChanges changes = {0};

	if (last_message)
		session_set(&changes, COLUMN_LAST_MESSAGE,
					PointerGetDatum(last_message));
	if (is_qr_code(qr_data))
		session_set(&changes, COLUMN_QR_DATA, PointerGetDatum(qr_data));
	else if (qr_data)
		session_set_null(&changes, COLUMN_QR_DATA);
	if (changes.columns == 0)
		session_set(&changes, COLUMN_UPDATED_AT,
					TimestampTzGetDatum(GetCurrentTimestamp()));

	return session_update(table, session_id, &changes, row);
}

/*
 * Is a heartbeat due, the last update longer ago than the interval?
 */
static bool
heartbeat_due(const SessionRow *row, Interval *heartbeat_interval)
{
	Datum		due;

	if (row->isnull[COLUMN_UPDATED_AT])
		return true;

	due = DirectFunctionCall2(timestamptz_pl_interval,
							  row->values[COLUMN_UPDATED_AT],
							  IntervalPGetDatum(heartbeat_interval));
	return DatumGetTimestampTz(due) <= GetCurrentTimestamp();
}

/*
 * bot_session_touch(session_id text, last_message text, qr_data text,
 *					 fence bigint, heartbeat_interval interval)
 *		returns bot_session
 */
Datum
bot_session_touch(PG_FUNCTION_ARGS)
{
	text	   *session_id = get_session_id(fcinfo, 0);
	text	   *last_message = get_text_or_null(fcinfo, 1);
	text	   *qr_data = get_text_or_null(fcinfo, 2);
	int64		fence = PG_ARGISNULL(3) ? 0 : PG_GETARG_INT64(3);
	int64	   *given_fence = PG_ARGISNULL(3) ? NULL : &fence;
	Interval   *heartbeat_interval = PG_ARGISNULL(4) ? NULL :
		get_positive_interval(fcinfo, 4, "heartbeat_interval");
	SessionTable table;
	SessionRow	before;
	SessionRow	row;
	Datum		result;

	/* A heartbeat that is not due neither writes nor waits for who does */
	if (heartbeat_interval && !last_message && !qr_data)
	{
		session_table_open(&table, fcinfo, "bot_session_touch()",
						   AccessShareLock);
		if (session_read(&table, session_id, &row) &&
			!heartbeat_due(&row, heartbeat_interval))
		{
			if (given_fence)
				lease_require(&table, session_id, fence,
							  session_is_active(&row), false);
			result = session_result(fcinfo, &row, &row, given_fence);
			session_table_close(&table);
			return result;
		}
		session_table_close(&table);
	}

	session_table_open(&table, fcinfo, "bot_session_touch()",
					   RowExclusiveLock);
	/* A lease is looked up, and a QR code refused, only under the lock */
	for (bool lock = given_fence != NULL;; lock = true)
	{
		session_find_existing(&table, session_id, lock, &before);
		if (given_fence)
			lease_require(&table, session_id, fence,
						  session_is_active(&before), false);
		if (is_qr_code(qr_data) && !session_is_active(&before))
		{
			if (!lock)
				continue;
			ereport(ERROR,
					(errcode(ERRCODE_SESSION_CONFLICT),
					 errmsg("session is inactive"),
					 errdetail("Session \"%s\" has ended and takes no QR code.",
							   text_to_cstring(session_id)),
					 errhint("Start it again with bot_session_start.")));
		}
		row = before;
		if (touch_session(&table, session_id, last_message, qr_data, &row))
			break;
	}
	result = session_result(fcinfo, &row, &before, given_fence);
	session_table_close(&table);

	return result;
}

/*
 * Read one key of an element; true where it is there, be it null.
 */
static bool
read_string(JsonbContainer *object, const char *key, int element,
			JsonbValue *value)
{
	if (getKeyJsonValueFromContainer(object, key, strlen(key), value) == NULL)
	{
		value->type = jbvNull;
		return false;
	}
	if (value->type != jbvString && value->type != jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of element %d of sessions must be a string",
						key, element)));
	return true;
}

static bool
read_fence(JsonbContainer *object, int element, BatchElement *result)
{
	JsonbValue	value;
	bool		there = getKeyJsonValueFromContainer(object, "fence",
													 strlen("fence"),
													 &value) != NULL;

	result->fenced = there && value.type != jbvNull;
	if (result->fenced && !json_fence(&value, &result->fence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fence of element %d of sessions must be a whole number",
						element),
				 errhint(FENCE_HINT)));
	return there;
}

/*
 * Read one element of the batch, which is counted from 1.  What it holds is
 * not shown where it is refused: it may be a QR code under another name.
 */
static void
read_element(JsonbValue *value, int element, BatchElement *result)
{
	JsonbContainer *object = value->val.binary.data;
	uint32		nkeys;

	if (value->type != jbvBinary || !JsonContainerIsObject(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of sessions must be an object", element)));

	nkeys = read_string(object, "session_id", element, &result->session_id);
	nkeys += read_string(object, "last_message", element, &result->last_message);
	nkeys += read_string(object, "qr_data", element, &result->qr_data);
	nkeys += read_fence(object, element, result);
	if (nkeys != JsonContainerSize(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of sessions has an unknown key", element),
				 errhint("The keys are session_id, last_message, qr_data and fence.")));
	if (result->session_id.type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of sessions has no session_id", element)));
	if (!session_id_is_valid(result->session_id.val.string.val,
							 result->session_id.val.string.len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("session_id of element %d of sessions must have between 1 and %d characters",
						element, SESSION_ID_MAX_LENGTH)));
}

/*
 * Read the whole batch before anything is locked or written.
 */
static BatchElement *
read_batch(FunctionCallInfo fcinfo, int argno, int *n)
{
	Jsonb	   *sessions = PG_ARGISNULL(argno) ? NULL : PG_GETARG_JSONB_P(argno);
	BatchElement *elements;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (sessions == NULL || !JB_ROOT_IS_ARRAY(sessions) ||
		JB_ROOT_IS_SCALAR(sessions))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sessions must be a JSON array"),
				 errhint("For example [{\"session_id\": \"bot1\", \"last_message\": \"hello\"}].")));

	elements = palloc_extended(JB_ROOT_COUNT(sessions) * sizeof(BatchElement),
							   MCXT_ALLOC_HUGE);
	*n = 0;
	iterator = JsonbIteratorInit(&sessions->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_ELEM)
		{
			read_element(&value, *n + 1, &elements[*n]);
			(*n)++;
		}
	}
	return elements;
}

static text *
json_text(const JsonbValue *value)
{
	return value->type == jbvNull ? NULL :
		cstring_to_text_with_len(value->val.string.val, value->val.string.len);
}

/*
 * Read the leases of those elements that give a fence.
 */
static int
read_leases(SessionTable *table, const BatchElement *elements,
			text **session_ids, int n, Lease **leases)
{
	text	  **fenced = palloc_array(text *, n);
	int			nfenced = 0;

	for (int i = 0; i < n; i++)
	{
		if (elements[i].fenced)
			fenced[nfenced++] = session_ids[i];
	}
	return nfenced > 0 ? lease_read(table, fenced, nfenced, true, leases) : 0;
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
	int			nelements;
	BatchElement *elements = read_batch(fcinfo, 0, &nelements);
	ReturnSetInfo *results = session_results_begin(fcinfo);
	SessionTable table;
	MemoryContext each_context;
	MemoryContext oldcontext;
	text	  **session_ids;
	text	  **locked;
	int			nlocked;
	Lease	   *leases = NULL;
	int			nleases;

	session_table_open(&table, fcinfo, "bot_session_touch_many()",
					   RowExclusiveLock);
	session_ids = palloc_array(text *, nelements);
	for (int i = 0; i < nelements; i++)
		session_ids[i] = json_text(&elements[i].session_id);
	nlocked = session_lock_many(&table, session_ids, nelements, &locked);
	compat_injection_point("botsession-batch-locked");
	nleases = read_leases(&table, elements, session_ids, nelements, &leases);

	each_context = AllocSetContextCreate(CurrentMemoryContext,
										 "bot_session_touch_many",
										 ALLOCSET_DEFAULT_SIZES);
	oldcontext = MemoryContextSwitchTo(each_context);
	for (int i = 0; i < nelements; i++)
	{
		BatchElement *element = &elements[i];
		text	   *session_id = session_ids[i];
		SessionRow	before;
		SessionRow	row;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(each_context);
		if (bsearch(&session_id, locked, nlocked, sizeof(text *),
					session_id_compare) &&
			session_find(&table, session_id, true, &before))
		{
			const Lease *lease = element->fenced ?
				lease_find(leases, nleases, session_id) : NULL;
			bool		fence_live = lease && lease->live &&
				lease->fence == element->fence && session_is_active(&before);
			text	   *last_message = json_text(&element->last_message);
			text	   *qr_data = json_text(&element->qr_data);

			row = before;
			if (element->fenced && !fence_live)
			{
				/* The row says so, by having no fence */
			}
			else if (is_qr_code(qr_data) && !session_is_active(&before))
			{
				/* The row says so; what else is given is recorded */
				if (last_message)
					touch_session(&table, session_id, last_message, NULL, &row);
			}
			else
				touch_session(&table, session_id, last_message, qr_data, &row);
			session_results_put(results, &row, &before,
								fence_live ? &element->fence : NULL);
		}
		else
		{
			/* Unknown: its session_id and nothing else */
			memset(row.isnull, true, sizeof(row.isnull));
			row.values[COLUMN_SESSION_ID] = PointerGetDatum(session_id);
			row.isnull[COLUMN_SESSION_ID] = false;
			session_results_put(results, &row, NULL, NULL);
		}
		compat_injection_point("botsession-element-done");
	}
	MemoryContextSwitchTo(oldcontext);
	session_table_close(&table);

	return (Datum) 0;
}
