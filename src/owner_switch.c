/*-------------------------------------------------------------------------
 *
 * owner_switch.c
 *		Acting as the owner of a table, and function bot_session_owner.
 *
 * The triggers write rows that the role whose change fired them has no
 * privilege to write, and a lease counts for roles that may not read it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "botsession.h"
#include "compat.h"
#include "owner_switch.h"

PG_FUNCTION_INFO_V1(bot_session_owner);

static Oid
owner_of_relation(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Check that a table of ours, which is to be read or written as its owner,
 * belongs to the owner of bot_sessions.  One that was handed over alone would
 * have the triggers of one role run for changes of the other.
 */
void
owner_require(Oid schema, Oid relid)
{
	Oid			sessions = get_relname_relid(SESSION_TABLE_NAME, schema);

	if (OidIsValid(sessions) &&
		owner_of_relation(sessions) != owner_of_relation(relid))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the owner of the tables has changed"),
				 errdetail("The tables, and the functions that act as their owner, must belong to one role."),
				 errhint("Run the migration create_bot_sessions.sql again.")));
}

/*
 * Become the owner of a table of ours.  The search_path is set as well, so that
 * triggers that the owner put on the table find the owner's names, not the
 * caller's.
 */
void
owner_switch(OwnerSwitch *caller, Oid schema, Oid relid)
{
	owner_require(schema, relid);
	GetUserIdAndSecContext(&caller->userid, &caller->sec_context);
	SetUserIdAndSecContext(owner_of_relation(relid),
						   caller->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	caller->guc_nestlevel = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	compat_injection_point("botsession-owner-switched");
}

/*
 * Become the caller again.
 */
void
owner_switch_back(const OwnerSwitch *caller)
{
	compat_injection_point("botsession-owner-switch-back");
	AtEOXact_GUC(true, caller->guc_nestlevel);
	SetUserIdAndSecContext(caller->userid, caller->sec_context);
}

/*
 * bot_session_owner(one regclass, other regclass) returns oid
 *		The role that owns both tables, or NULL.
 *
 * The PL/pgSQL edition asks it.  Here the owner is looked up in place.
 */
Datum
bot_session_owner(PG_FUNCTION_ARGS)
{
	Oid			owner = InvalidOid;

	for (int i = 0; i < 2; i++)
	{
		Oid			relid = PG_ARGISNULL(i) ? InvalidOid : PG_GETARG_OID(i);
		Oid			its_owner;

		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
			PG_RETURN_NULL();
		its_owner = owner_of_relation(relid);
		if (i > 0 && its_owner != owner)
			PG_RETURN_NULL();
		owner = its_owner;
	}
	PG_RETURN_OID(owner);
}
