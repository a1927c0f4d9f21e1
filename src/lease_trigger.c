/*-------------------------------------------------------------------------
 *
 * lease_trigger.c
 *		Trigger function bot_session_audit_lease.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "botsession.h"
#include "compat.h"
#include "events.h"
#include "lease_row.h"
#include "trigger_call.h"

PG_FUNCTION_INFO_V1(bot_session_audit_lease);

/* What the audit trail tells of a lease. */
typedef struct AuditedLease
{
	char	   *session_id;		/* may be NULL, as worker */
	char	   *worker;
	int64		fence;
	bool		held;			/* perhaps after it ran out */
	bool		live;
} AuditedLease;

/*
 * Read a lease.  Its strings are allocated in the current context.
 */
static void
audited_lease_read(AuditedLease *lease, HeapTuple tuple, TupleDesc tupdesc,
				   const AttrNumber *attnums)
{
	Datum		values[NUM_LEASE_COLUMNS];
	bool		isnull[NUM_LEASE_COLUMNS];

	for (int i = 0; i < NUM_LEASE_COLUMNS; i++)
		values[i] = heap_getattr(tuple, attnums[i], tupdesc, &isnull[i]);
	lease->session_id = isnull[LEASE_SESSION_ID] ? NULL :
		TextDatumGetCString(values[LEASE_SESSION_ID]);
	lease->worker = isnull[LEASE_WORKER] ? NULL :
		TextDatumGetCString(values[LEASE_WORKER]);
	lease->fence = isnull[LEASE_FENCE] ? 0 :
		DatumGetInt64(values[LEASE_FENCE]);
	lease->held = !isnull[LEASE_EXPIRES_AT];
	lease->live = lease_row_is_live(values[LEASE_EXPIRES_AT],
									isnull[LEASE_EXPIRES_AT]);
}

/*
 * bot_session_audit_lease() returns trigger
 *
 * AFTER INSERT OR UPDATE on bot_session_leases, for each row: writes to
 * bot_session_events which worker got the lease, gave it back or lost it.
 */
Datum
bot_session_audit_lease(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = check_trigger_call(fcinfo, "bot_session_audit_lease",
											   LEASE_TABLE_NAME,
											   TRIGGER_EVENT_AFTER,
											   "AFTER INSERT OR UPDATE for each row");
	TupleDesc	tupdesc = RelationGetDescr(trigdata->tg_relation);
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	AttrNumber	attnums[NUM_LEASE_COLUMNS];
	AuditedLease before = {0};
	AuditedLease after;

	if (TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
		return PointerGetDatum(NULL);	/* with its session, or by hand */

	columns_require(tupdesc, lease_columns, NUM_LEASE_COLUMNS,
					LEASE_TABLE_NAME, attnums);
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
	{
		audited_lease_read(&before, trigdata->tg_trigtuple, tupdesc, attnums);
		audited_lease_read(&after, trigdata->tg_newtuple, tupdesc, attnums);
	}
	else
		audited_lease_read(&after, trigdata->tg_trigtuple, tupdesc, attnums);

	if (before.held && (!after.held || after.fence != before.fence))
		event_write(schema, after.session_id,
					!after.held && before.live ? "released" : "lease_lost",
					before.worker);
	compat_injection_point("botsession-lease-lost");
	if (after.held && (!before.held || after.fence != before.fence))
		event_write(schema, after.session_id, "claimed", after.worker);
	return PointerGetDatum(NULL);
}
