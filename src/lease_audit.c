/*-------------------------------------------------------------------------
 *
 * lease_audit.c
 *		The triggers' part in the leases: a session that ends has none, and
 *		the audit trail tells who held it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "botsession.h"
#include "compat.h"
#include "events.h"
#include "kept_plan.h"
#include "lease_table.h"
#include "owner_switch.h"
#include "session_table.h"
#include "triggers.h"

PG_FUNCTION_INFO_V1(bot_session_audit_lease);

/*
 * End the lease of a session that has become inactive, by whatever path; as
 * the owner, since who ends a session need not know of leases.  Where there is
 * no such table there are no workers.
 */
void
lease_end(Oid schema, const char *session_id)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID};
	text	   *id = cstring_to_text(session_id);
	Datum		values[] = {PointerGetDatum(id)};
	Oid			relid = get_relname_relid(LEASE_TABLE_NAME, schema);
	OwnerSwitch caller;
	Lease	   *leases;
	int			nleases;

	if (!OidIsValid(relid))
		return;
	if (lease_read_direct(schema, &id, 1, false, true, &leases, &nleases) &&
		nleases == 0)
		return;

	owner_switch(&caller, relid);
	SPI_connect();
	kept_plan_execute(&plan, schema,
					  "update %1$s." LEASE_TABLE_NAME
					  " set expires_at = null, released_at = null"
					  " where session_id operator(pg_catalog.=) $1"
					  " and coalesce(expires_at, released_at) is not null",
					  lengthof(argtypes), argtypes, values, NULL);
	SPI_finish();
	owner_switch_back(&caller);
}

/* What the audit trail tells of a lease. */
typedef struct AuditedLease
{
	char	   *session_id;
	char	   *worker;
	int64		fence;
	bool		held;			/* perhaps after it ran out */
	bool		live;
} AuditedLease;

static Datum
get_column(HeapTuple tuple, TupleDesc tupdesc, const char *name, Oid type,
		   bool *isnull)
{
	int			attnum = SPI_fnumber(tupdesc, name);

	if (attnum <= 0 || TupleDescAttr(tupdesc, attnum - 1)->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s must be there, of type %s",
						name, LEASE_TABLE_NAME, format_type_be(type)),
				 errhint("Run the migration create_bot_sessions.sql: it says what is wrong with the table.")));
	return heap_getattr(tuple, attnum, tupdesc, isnull);
}

static AuditedLease
read_lease(HeapTuple tuple, TupleDesc tupdesc)
{
	AuditedLease lease;
	Datum		value;
	bool		isnull;

	value = get_column(tuple, tupdesc, "session_id", TEXTOID, &isnull);
	lease.session_id = isnull ? NULL : TextDatumGetCString(value);
	value = get_column(tuple, tupdesc, "worker", TEXTOID, &isnull);
	lease.worker = isnull ? NULL : TextDatumGetCString(value);
	value = get_column(tuple, tupdesc, "fence", INT8OID, &isnull);
	lease.fence = isnull ? 0 : DatumGetInt64(value);
	value = get_column(tuple, tupdesc, "expires_at", TIMESTAMPTZOID, &isnull);
	lease.held = !isnull;
	lease.live = lease.held &&
		DatumGetTimestampTz(value) > GetCurrentTimestamp();
	return lease;
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
	AuditedLease before = {0};
	AuditedLease after;

	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
	{
		before = read_lease(trigdata->tg_trigtuple, tupdesc);
		after = read_lease(trigdata->tg_newtuple, tupdesc);
	}
	else if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		after = read_lease(trigdata->tg_trigtuple, tupdesc);
	else						/* deleted with its session */
		return PointerGetDatum(NULL);

	if (before.held && (!after.held || after.fence != before.fence))
		write_event(schema, after.session_id,
					!after.held && before.live ? "released" : "lease_lost",
					before.worker);
	compat_injection_point("botsession-lease-lost");
	if (after.held && (!before.held || after.fence != before.fence))
		write_event(schema, after.session_id, "claimed", after.worker);
	return PointerGetDatum(NULL);
}
