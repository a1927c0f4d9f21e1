/*-------------------------------------------------------------------------
 *
 * data_spi.c
 *		Statements on table bot_session_data.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/guc.h"

#include "data_spi.h"
#include "schema.h"

/*
 * Execute a statement.  Each has one plan for all calls, which may have been
 * made when the table was small, so it must not scan all of it.
 */
void
data_spi_execute(SpiCall *call, KeptPlan *kept, const char *sql, int nargs,
				 Oid *argtypes, Datum *values)
{
	int			nestlevel = NewGUCNestLevel();

	(void) table_lookup(call->schema, DATA_TABLE_NAME);
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	spi_call_execute(call, kept, sql, nargs, argtypes, values, NULL);
	AtEOXact_GUC(true, nestlevel);
}

/*
 * Returns an array of texts, some of which may be NULL.
 */
Datum
data_spi_array(Datum *texts, int n)
{
	bool	   *nulls = palloc_array(bool, n);
	int			lower_bound = 1;

	for (int i = 0; i < n; i++)
		nulls[i] = texts[i] == (Datum) 0;
	return PointerGetDatum(construct_md_array(texts, nulls, 1, &n, &lower_bound,
											  TEXTOID, -1, false,
											  TYPALIGN_INT));
}
