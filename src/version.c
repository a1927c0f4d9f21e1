/*-------------------------------------------------------------------------
 *
 * version.c
 *		Function bot_session_version: what runs here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(bot_session_version);

/*
 * Look up the version of the extension that a function is a member of.
 * Returns a palloc'd string, or NULL if it is a member of none.
 */
static char *
extension_version_of(Oid function)
{
	Oid			extension = getExtensionOfObject(ProcedureRelationId, function);
	Relation	rel;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *version = NULL;

	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(rel, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, Anum_pg_extension_extversion,
										 RelationGetDescr(rel), &isnull);

		if (!isnull)
			version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return version;
}

Datum
bot_session_version(PG_FUNCTION_ARGS)
{
	char	   *definitions = extension_version_of(fcinfo->flinfo->fn_oid);
	TupleDesc	tupdesc;
	Datum		values[2];
	bool		isnull[2] = {false, false};

	/* A connection keeps the library that it has loaded */
	if (definitions && strcmp(definitions, BOTSESSION_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the library of botsession is of version %s, its SQL definitions are of version %s",
						BOTSESSION_VERSION, definitions),
				 errhint("Run the migration create_bot_sessions.sql again, in a new connection.")));

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE ||
		tupdesc->natts != lengthof(values))
		elog(ERROR, "bot_session_version must return edition and version");
	values[0] = CStringGetTextDatum("c");
	values[1] = CStringGetTextDatum(BOTSESSION_VERSION);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, isnull)));
}
