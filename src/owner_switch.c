/*-------------------------------------------------------------------------
 *
 * owner_switch.c
 *		Acting as the owner of a table.
 *
 * The triggers write what the one whose change fired them has no right to
 * write.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/syscache.h"

#include "compat.h"
#include "owner_switch.h"

void
set_setting(const char *name, const char *value, GucAction action)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 action, true, 0, false);
}

/*
 * Become the owner of a table.  The search_path is set as well: triggers that
 * the owner put on the table shall find the owner's names, not the caller's.
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
	caller->nestlevel = NewGUCNestLevel();
	set_setting("search_path", "pg_catalog, pg_temp", GUC_ACTION_SAVE);
	compat_injection_point("botsession-owner-switched");
}

void
owner_switch_back(const OwnerSwitch *caller)
{
	compat_injection_point("botsession-owner-switch-back");
	AtEOXact_GUC(true, caller->nestlevel);
	SetUserIdAndSecContext(caller->userid, caller->sec_context);
}
