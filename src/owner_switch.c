/*-------------------------------------------------------------------------
 *
 * owner_switch.c
 *		Acting as the owner of a table.
 *
 * The triggers write rows that the role whose change fired them has no
 * privilege to write.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "compat.h"
#include "owner_switch.h"

/*
 * Become the owner of a table.  The search_path is set as well, so that
 * triggers that the owner put on the table find the owner's names, not the
 * caller's.
 */
void
owner_switch(OwnerSwitch *caller, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);

	GetUserIdAndSecContext(&caller->userid, &caller->sec_context);
	SetUserIdAndSecContext(owner,
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
