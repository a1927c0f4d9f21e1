/*-------------------------------------------------------------------------
 *
 * audit.c
 *		The audit trail: the trigger that writes it, and what the functions
 *		tell that trigger.
 *
 * A function announces the reason of a change, and itself, to the trigger by a
 * variable.  The PL/pgSQL edition does that by two settings; what is announced
 * is seen in these settings here too, and nothing is ever read from them, since
 * anybody may set them.  An announcement names one session and the first of its changes that is
 * audited takes it: what a user's trigger changes on the way, be it another
 * session or this one again, is audited as a change of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"

#include "botsession.h"
#include "compat.h"
#include "events.h"
#include "kept_plan.h"
#include "owner_switch.h"
#include "session_table.h"
#include "triggers.h"

#define START_OPERATION		"bot_session_start"

/* Settings botsession.operation and botsession.reason: for PL/pgSQL alone */
char	   *audit_operation = NULL;
char	   *audit_reason = NULL;

/*
 * What a function announced.  Nested calls have their own.  Announcements, and
 * that one is taken, are undone with the subtransaction they happened in.
 */
typedef struct Announcement
{
	struct Announcement *outer;
	int			nestlevel;		/* of transactions */
	int			taken;			/* at this level, or 0 */
	char	   *operation;		/* function and session_id */
	char	   *reason;
} Announcement;

static Announcement *announced = NULL;

const ColumnInfo event_columns[NUM_EVENT_COLUMNS] =
{
	[EVENT_SESSION_ID] = {"session_id", TEXTOID},
	[EVENT_EVENT] = {"event", TEXTOID},
	[EVENT_REASON] = {"reason", TEXTOID},
	[EVENT_ACTOR_ROLE] = {"actor_role", TEXTOID},
	[EVENT_ACTOR_SUB] = {"actor_sub", TEXTOID},
	[EVENT_HAPPENED_AT] = {"happened_at", TIMESTAMPTZOID},
};

PG_FUNCTION_INFO_V1(bot_session_audit);

static void
forget_at_end(XactEvent event, void *arg)
{
	announced = NULL;			/* the memory goes with the transaction */
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId mySubid,
				   SubTransactionId parentSubid, void *arg)
{
	int			nestlevel = GetCurrentTransactionNestLevel();

	if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (announced && announced->nestlevel >= nestlevel)
		announced = announced->outer;
	for (Announcement *each = announced; each; each = each->outer)
	{
		if (each->taken == nestlevel)
			each->taken = event == SUBXACT_EVENT_COMMIT_SUB ? nestlevel - 1 : 0;
	}
}

/*
 * Announce to the audit trigger who changes which session, and why.  Ends by
 * audit_end(), which takes what this returns, or with the (sub)transaction.
 */
int
audit_begin(const char *operation, text *session_id, text *reason)
{
	static bool registered = false;
	MemoryContext oldcontext;
	Announcement *announcement;

	if (!registered)
	{
		RegisterXactCallback(forget_at_end, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
		registered = true;
	}

	oldcontext = MemoryContextSwitchTo(TopTransactionContext);
	announcement = palloc_object(Announcement);
	announcement->outer = announced;
	announcement->nestlevel = GetCurrentTransactionNestLevel();
	announcement->taken = 0;
	announcement->operation = psprintf("%s %s", operation,
									   text_to_cstring(session_id));
	announcement->reason = reason ? text_to_cstring(reason) : pstrdup("");
	MemoryContextSwitchTo(oldcontext);

	announced = announcement;
	compat_injection_point("botsession-announced");
	return announcement->nestlevel;
}

void
audit_end(int nestlevel)
{
	Announcement *announcement = announced;

	Assert(announcement && announcement->nestlevel == nestlevel);
	announced = announcement->outer;
	pfree(announcement->operation);
	pfree(announcement->reason);
	pfree(announcement);
}

/*
 * The operation that was announced, and not taken yet, or "".
 */
static const char *
announced_operation(void)
{
	return announced && !announced->taken ? announced->operation : "";
}

/*
 * What the settings show: what was announced, or else what they were set to.
 */
const char *
audit_show_operation(void)
{
	if (announced)
		return announced_operation();
	return audit_operation ? audit_operation : "";
}

const char *
audit_show_reason(void)
{
	if (announced)
		return announced->reason;
	return audit_reason ? audit_reason : "";
}

/*
 * The operation under way, without the session_id that follows it, if it is
 * one on this session; NULL if not.
 */
static char *
current_operation(const char *session_id)
{
	const char *operation = announced_operation();
	const char *space = strchr(operation, ' ');

	if (space == NULL || session_id == NULL || strcmp(space + 1, session_id) != 0)
		return NULL;
	return pnstrdup(operation, space - operation);
}

/*
 * The "sub" of the JWT that PostgREST verified, or NULL.
 *
 * Anybody may set anything there, so it is parsed in a subtransaction: a claim
 * that is no JSON, or nested too deeply, is no reason to refuse a change.
 */
static char *
jwt_subject(void)
{
	const char *claims = GetConfigOption("request.jwt.claims", true, false);
	char	   *volatile subject = NULL;
	MemoryContext oldcontext = CurrentMemoryContext;
	ResourceOwner oldowner = CurrentResourceOwner;

	if (claims == NULL || claims[0] == '\0')
		return NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(oldcontext);
	PG_TRY();
	{
		LOCAL_FCINFO(fcinfo, 2);
		Datum		result;

		/* claims::jsonb ->> 'sub' */
		InitFunctionCallInfoData(*fcinfo, NULL, 2, InvalidOid, NULL, NULL);
		fcinfo->args[0].value = DirectFunctionCall1(jsonb_in,
													CStringGetDatum(claims));
		fcinfo->args[0].isnull = false;
		fcinfo->args[1].value = CStringGetTextDatum("sub");
		fcinfo->args[1].isnull = false;
		compat_injection_point("botsession-claims-read");
		result = jsonb_object_field_text(fcinfo);
		if (!fcinfo->isnull)
			subject = TextDatumGetCString(result);

		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(oldcontext);
		CurrentResourceOwner = oldowner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(oldcontext);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(oldcontext);
		CurrentResourceOwner = oldowner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();

	return subject && subject[0] ? subject : NULL;
}

/*
 * Insert an event by a statement, as the owner of the table.
 */
static void
event_insert_spi(Oid schema, Datum *values, const bool *isnull)
{
	static KeptPlan kept;
	Oid			argtypes[NUM_EVENT_COLUMNS];
	char		nulls[NUM_EVENT_COLUMNS];
	OwnerSwitch caller;

	for (int i = 0; i < NUM_EVENT_COLUMNS; i++)
	{
		argtypes[i] = event_columns[i].type;
		nulls[i] = isnull[i] ? 'n' : ' ';
	}

	owner_switch(&caller, table_lookup(schema, EVENT_TABLE_NAME));
	SPI_connect();
	kept_plan_execute(&kept, schema,
					  "insert into %1$s." EVENT_TABLE_NAME
					  " (session_id, event, reason, actor_role, actor_sub,"
					  " happened_at)"
					  " values ($1, $2, $3, $4, $5, $6)",
					  lengthof(argtypes), argtypes, values, nulls);
	SPI_finish();
	owner_switch_back(&caller);
}

/*
 * Write an event, as the owner of the events table: who changes a session has
 * no right to write its history.
 */
void
write_event(Oid schema, const char *session_id, const char *event,
			const char *reason)
{
	const char *texts[] = {
		[EVENT_SESSION_ID] = session_id,
		[EVENT_EVENT] = event,
		[EVENT_REASON] = reason,
		/* Not the current user: that is the owner of a definer function */
		[EVENT_ACTOR_ROLE] = GetUserNameFromId(GetOuterUserId(), true),
		[EVENT_ACTOR_SUB] = jwt_subject()
	};
	Datum		values[NUM_EVENT_COLUMNS];
	bool		isnull[NUM_EVENT_COLUMNS];

	for (Size i = 0; i < lengthof(texts); i++)
	{
		values[i] = texts[i] ? CStringGetTextDatum(texts[i]) : (Datum) 0;
		isnull[i] = texts[i] == NULL;
	}
	values[EVENT_HAPPENED_AT] = TimestampTzGetDatum(GetCurrentTimestamp());
	isnull[EVENT_HAPPENED_AT] = false;

	if (!event_insert_direct(schema, values, isnull))
		event_insert_spi(schema, values, isnull);
	compat_injection_point("botsession-event-written");
}

/*
 * May an update be an event?  A change of status is one, and so is a start that
 * changes none.
 */
bool
audit_concerns(const SessionRow *before, const SessionRow *after)
{
	return session_is_active(before) != session_is_active(after) ||
		(session_is_active(after) && announced_operation()[0] != '\0');
}

/*
 * May the audit of such an update fire triggers of users?  They can tell whether
 * they are called from within a trigger.
 */
bool
audit_fires_triggers(Oid schema, const SessionRow *after)
{
	/* A session that ends may have a lease, which is ended by a statement */
	return !session_is_active(after) || !event_is_direct(schema);
}

/*
 * Write the event of a change, if it is one: no row before an insert, none
 * after a deletion.
 */
void
audit_change(Oid schema, const SessionRow *before, const SessionRow *after)
{
	const SessionRow *row = after ? after : before;
	const char *event = NULL;
	const char *reason = NULL;
	char	   *session_id;
	char	   *operation;

	if (before == NULL)
		event = "created";
	else if (after == NULL)
		event = "deleted";
	else if (session_is_active(before) != session_is_active(after))
		event = session_is_active(after) ? "reopened" : "ended";
	else if (!audit_concerns(before, after))
		return;

	session_id = row->isnull[COLUMN_SESSION_ID] ? NULL :
		TextDatumGetCString(row->values[COLUMN_SESSION_ID]);
	operation = current_operation(session_id);
	if (event == NULL && operation && strcmp(operation, START_OPERATION) == 0)
		event = "recovered";
	if (event == NULL)
		return;

	if (operation)
	{
		if (announced->reason[0] != '\0')
			reason = pstrdup(announced->reason);
		/* Taken: what else changes before audit_end() is not its own */
		announced->taken = GetCurrentTransactionNestLevel();
	}
	compat_injection_point("botsession-operation-taken");
	write_event(schema, session_id, event, reason);

	if (session_id && before && after && !session_is_active(after))
		lease_end(schema, session_id);
}

/*
 * bot_session_audit() returns trigger
 *
 * AFTER INSERT OR UPDATE OR DELETE on bot_sessions, for each row: writes what
 * happened to the session to bot_session_events.
 */
Datum
bot_session_audit(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = check_trigger_call(fcinfo, "bot_session_audit",
											   SESSION_TABLE_NAME,
											   TRIGGER_EVENT_AFTER,
											   "AFTER INSERT OR UPDATE OR DELETE for each row");
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	bool		insert = TRIGGER_FIRED_BY_INSERT(trigdata->tg_event);
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event);
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	SessionRow	row;
	SessionRow	updated;

	session_columns_find(tupdesc, attnums);
	session_row_read(trigdata->tg_trigtuple, tupdesc, attnums, &row);
	if (update)
		session_row_read(trigdata->tg_newtuple, tupdesc, attnums, &updated);

	audit_change(get_func_namespace(fcinfo->flinfo->fn_oid),
				 insert ? NULL : &row,
				 insert ? &row : update ? &updated : NULL);
	return PointerGetDatum(NULL);
}
