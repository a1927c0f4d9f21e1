/*-------------------------------------------------------------------------
 *
 * session_spi.c
 *		Access to the rows of table bot_sessions, through SPI.
 *
 * Each function here executes the statement that it stands for, with a plan
 * that is kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"

#include "kept_plan.h"
#include "session_access.h"

#define COLUMN_LIST \
	"session_id, created_at, last_message, status, qr_data, updated_at"

/* Operators are qualified because the search_path belongs to the caller. */
#define WHERE_SESSION_ID	" where session_id operator(pg_catalog.=) $1"

static KeptPlan read_plan;
static KeptPlan lock_plan;
static KeptPlan lock_many_plan;
static KeptPlan lock_idle_plan;
static KeptPlan insert_plan;
static KeptPlan update_plans[1 << NUM_SESSION_COLUMNS]; /* by columns set */

static SPIPlanPtr get_plan(SessionTable *table, KeptPlan *kept,
						   const char *sql, int nargs, Oid *argtypes);
static void connect(SessionTable *table);
static void execute(SPIPlanPtr plan, Datum *values, const char *nulls);
static bool fetch_row(SPIPlanPtr plan, Datum *values, SessionRow *row);
static int	fetch_session_ids(SPIPlanPtr plan, Datum *values,
							  text ***session_ids);

/*
 * Execute a query for the row of one session.
 */
static bool
fetch_session(SessionTable *table, KeptPlan *kept, const char *sql,
			  text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	return fetch_row(get_plan(table, kept, sql, lengthof(argtypes), argtypes),
					 values, row);
}

bool
spi_read(SessionTable *table, text *session_id, SessionRow *row)
{
	return fetch_session(table, &read_plan,
						 "select " COLUMN_LIST " from %s" WHERE_SESSION_ID,
						 session_id, row);
}

bool
spi_lock(SessionTable *table, text *session_id, SessionRow *row)
{
	return fetch_session(table, &lock_plan,
						 "select " COLUMN_LIST " from %s" WHERE_SESSION_ID
						 " for no key update",
						 session_id, row);
}

int
spi_lock_many(SessionTable *table, Datum *session_ids, int n, text ***locked)
{
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {
		PointerGetDatum(construct_array(session_ids, n, TEXTOID, -1, false,
										TYPALIGN_INT))
	};
	SPIPlanPtr	plan;

	plan = get_plan(table, &lock_many_plan,
					"select session_id from %s"
					" where session_id operator(pg_catalog.=) any ($1)"
					" order by session_id collate pg_catalog.\"C\""
					" for no key update",
					lengthof(argtypes), argtypes);
	return fetch_session_ids(plan, values, locked);
}

int
spi_lock_idle(SessionTable *table, TimestampTz idle_since,
				  int max_sessions, text ***locked)
{
	Oid			argtypes[] = {TIMESTAMPTZOID, INT4OID};
	Datum		values[] = {
		TimestampTzGetDatum(idle_since), Int32GetDatum(max_sessions)
	};
	SPIPlanPtr	plan;

	plan = get_plan(table, &lock_idle_plan,
					"select session_id from %s"
					" where status operator(pg_catalog.=) '" STATUS_ACTIVE "'"
					" and updated_at operator(pg_catalog.<) $1"
					" order by updated_at, session_id collate pg_catalog.\"C\""
					" limit $2 for no key update skip locked",
					lengthof(argtypes), argtypes);
	return fetch_session_ids(plan, values, locked);
}

bool
spi_insert(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	SPIPlanPtr	plan;

	plan = get_plan(table, &insert_plan,
					"insert into %s (session_id, status)"
					" values ($1, '" STATUS_ACTIVE "')"
					" on conflict (session_id) do nothing",
					lengthof(argtypes), argtypes);
	execute(plan, values, NULL);
	return SPI_processed > 0 && spi_read(table, session_id, row);
}

bool
spi_update(SessionTable *table, text *session_id,
			   const SessionChanges *changes, SessionRow *row)
{
	KeptPlan   *kept = &update_plans[changes->columns];
	SPIPlanPtr	plan;
	Datum		values[NUM_SESSION_COLUMNS];
	char		nulls[NUM_SESSION_COLUMNS];

	/* Each column has its parameter; that of session_id is the key */
	memcpy(values, changes->to.values, sizeof(values));
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		nulls[i] = changes->to.isnull[i] ? 'n' : ' ';
	values[COLUMN_SESSION_ID] = PointerGetDatum(session_id);

	plan = kept_plan_lookup(kept, table->schema);
	if (plan != NULL)
		connect(table);
	else
	{
		Oid			argtypes[NUM_SESSION_COLUMNS];
		StringInfoData sql;
		const char *separator = " set ";

		initStringInfo(&sql);
		appendStringInfoString(&sql, "update %s");
		for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		{
			argtypes[i] = session_columns[i].type;
			if (changes->columns & (1 << i))
			{
				appendStringInfo(&sql, "%s%s = $%d",
								 separator, session_columns[i].name, i + 1);
				separator = ", ";
			}
		}
		appendStringInfoString(&sql, WHERE_SESSION_ID);
		plan = get_plan(table, kept, sql.data, lengthof(argtypes), argtypes);
	}

	execute(plan, values, nulls);

	/* RETURNING would be older than the AFTER triggers, which may change it */
	return spi_read(table, session_id, row);
}

/*
 * Connect to SPI, the first time it is needed.  Memory stays the caller's:
 * SPI's own would take the rows with it.
 */
static void
connect(SessionTable *table)
{
	MemoryContext oldcontext = CurrentMemoryContext;

	if (table->spi_connected)
		return;
	SPI_connect();
	table->spi_connected = true;
	MemoryContextSwitchTo(oldcontext);
}

void
spi_close(SessionTable *table)
{
	if (table->spi_connected)
		SPI_finish();
}

/*
 * The kept plan of a statement, in which %s stands for the table.
 */
static SPIPlanPtr
get_plan(SessionTable *table, KeptPlan *kept, const char *sql,
		 int nargs, Oid *argtypes)
{
	SPIPlanPtr	plan = kept_plan_lookup(kept, table->schema);

	connect(table);
	if (plan == NULL)
		plan = kept_plan_save(kept, table->schema,
							  psprintf(sql,
									   qualified_name(table->schema,
													  SESSION_TABLE_NAME)),
							  nargs, argtypes);
	return plan;
}

static void
execute(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	int			result = SPI_execute_plan(plan, values, nulls, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_plan failed: %s",
			 SPI_result_code_string(result));
	MemoryContextSwitchTo(oldcontext);
}

/*
 * Execute a statement that returns COLUMN_LIST, and copy its row, if there is
 * one, out of SPI's memory.
 */
static bool
fetch_row(SPIPlanPtr plan, Datum *values, SessionRow *row)
{
	HeapTuple	tuple;
	TupleDesc	tupdesc;
	bool		found;

	execute(plan, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		tuple = SPI_tuptable->vals[0];
		tupdesc = SPI_tuptable->tupdesc;
		for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		{
			Form_pg_attribute att = TupleDescAttr(tupdesc, i);
			Datum		value = heap_getattr(tuple, i + 1, tupdesc,
											 &row->isnull[i]);

			session_column_check(i, att->atttypid);
			if (!row->isnull[i])
				value = datumCopy(value, att->attbyval, att->attlen);
			row->values[i] = value;
		}
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/*
 * Execute a statement that returns the session_id of each of its rows.
 */
static int
fetch_session_ids(SPIPlanPtr plan, Datum *values, text ***session_ids)
{
	int			n;

	execute(plan, values, NULL);
	n = (int) SPI_processed;
	*session_ids = palloc_array(text *, n);
	for (int i = 0; i < n; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i],
										  SPI_tuptable->tupdesc, 1, &isnull);

		Assert(!isnull);
		(*session_ids)[i] = DatumGetTextPCopy(value);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}
