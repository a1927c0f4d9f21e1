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

#include "compat.h"
#include "kept_plan.h"
#include "session_access.h"

/* In all statements %1$s stands for the schema */
#define COLUMN_LIST \
	"session_id, created_at, last_message, status, qr_data, updated_at"
#define TABLE			"%1$s." SESSION_TABLE_NAME

/* Operators are qualified because the search_path belongs to the caller. */
#define WHERE_SESSION_ID	" where session_id operator(pg_catalog.=) $1"

static KeptPlan read_plan;
static KeptPlan lock_plan;
static KeptPlan lock_many_plan;
static KeptPlan lock_idle_plan;
static KeptPlan insert_plan;
static KeptPlan update_plans[1 << NUM_SESSION_COLUMNS]; /* by columns set */

/*
 * Execute a statement that returns the row of one session, and copy it, if
 * there is one, out of SPI's memory.
 */
static bool
fetch_session(SessionTable *table, KeptPlan *kept, const char *sql,
			  int nargs, Oid *argtypes, Datum *values, const char *nulls,
			  SessionRow *row)
{
	HeapTuple	tuple;
	TupleDesc	tupdesc;
	bool		found;

	spi_execute(table, kept, sql, nargs, argtypes, values, nulls);
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

bool
spi_read(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	return fetch_session(table, &read_plan,
						 "select " COLUMN_LIST " from " TABLE WHERE_SESSION_ID,
						 lengthof(argtypes), argtypes, values, NULL, row);
}

bool
spi_lock(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	return fetch_session(table, &lock_plan,
						 "select " COLUMN_LIST " from " TABLE WHERE_SESSION_ID
						 " for no key update",
						 lengthof(argtypes), argtypes, values, NULL, row);
}

int
spi_lock_many(SessionTable *table, text **session_ids, int n, text ***locked)
{
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {text_array(session_ids, n)};

	return spi_fetch_session_ids(table, &lock_many_plan,
								 "select session_id from " TABLE
								 " where session_id operator(pg_catalog.=) any ($1)"
								 " order by session_id collate pg_catalog.\"C\""
								 " for no key update",
								 lengthof(argtypes), argtypes, values, locked);
}

int
spi_lock_idle(SessionTable *table, TimestampTz idle_since,
			  int max_sessions, text ***locked)
{
	Oid			argtypes[] = {TIMESTAMPTZOID, INT4OID};
	Datum		values[] = {
		TimestampTzGetDatum(idle_since), Int32GetDatum(max_sessions)
	};

	(void) table_lookup(table->schema, LEASE_TABLE_NAME);
	return spi_fetch_session_ids(table, &lock_idle_plan,
								 "select s.session_id from " TABLE " s"
								 " where s.status operator(pg_catalog.=) '" STATUS_ACTIVE "'"
								 " and s.updated_at operator(pg_catalog.<) $1"
								 " and not exists (select from %1$s." LEASE_TABLE_NAME " l"
								 " where l.session_id operator(pg_catalog.=) s.session_id"
								 " and l.expires_at operator(pg_catalog.>)"
								 " pg_catalog.clock_timestamp())"
								 " order by s.updated_at, s.session_id collate pg_catalog.\"C\""
								 " limit $2 for no key update of s skip locked",
								 lengthof(argtypes), argtypes, values, locked);
}

bool
spi_insert(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	bool		inserted;

	inserted = fetch_session(table, &insert_plan,
							 "insert into " TABLE " (session_id, status)"
							 " values ($1, '" STATUS_ACTIVE "')"
							 " on conflict (session_id) do nothing"
							 " returning " COLUMN_LIST,
							 lengthof(argtypes), argtypes, values, NULL, row);
	compat_injection_point("botsession-row-inserted");
	return inserted;
}

/*
 * The statement that sets these columns.  Each column has its parameter, which
 * is NULL where it is not set; that of session_id is the key.
 */
static const char *
update_statement(int columns)
{
	StringInfoData sql;
	const char *separator = " set ";

	initStringInfo(&sql);
	appendStringInfoString(&sql, "update " TABLE);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (columns & (1 << i))
		{
			appendStringInfo(&sql, "%s%s = $%d",
							 separator, session_columns[i].name, i + 1);
			separator = ", ";
		}
	}
	appendStringInfoString(&sql, WHERE_SESSION_ID " returning " COLUMN_LIST);
	return sql.data;
}

void
spi_update(SessionTable *table, text *session_id,
		   const SessionChanges *changes, SessionRow *row)
{
	KeptPlan   *kept = &update_plans[changes->columns];
	Oid			argtypes[NUM_SESSION_COLUMNS];
	Datum		values[NUM_SESSION_COLUMNS];
	char		nulls[NUM_SESSION_COLUMNS];
	const char *sql = NULL;

	if (kept_plan_lookup(kept, table->schema) == NULL)
		sql = update_statement(changes->columns);
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		bool		isnull = !(changes->columns & (1 << i)) ||
			changes->to.isnull[i];

		argtypes[i] = session_columns[i].type;
		values[i] = isnull ? (Datum) 0 : changes->to.values[i];
		nulls[i] = isnull ? 'n' : ' ';
	}
	values[COLUMN_SESSION_ID] = PointerGetDatum(session_id);
	nulls[COLUMN_SESSION_ID] = ' ';
	/* Nothing is returned where a BEFORE trigger cancelled the update */
	(void) fetch_session(table, kept, sql, lengthof(argtypes), argtypes, values,
						 nulls, row);
}

/*
 * Connect to SPI, the first time it is needed.  Memory stays the caller's:
 * SPI's own would take the rows with it.
 */
static void
spi_connect(SessionTable *table)
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

void
spi_execute(SessionTable *table, KeptPlan *kept, const char *sql,
			int nargs, Oid *argtypes, Datum *values, const char *nulls)
{
	spi_connect(table);
	kept_plan_execute(kept, table->schema, sql, nargs, argtypes, values, nulls);
}

/*
 * Execute a statement that returns the session_id of each of its sessions.
 */
int
spi_fetch_session_ids(SessionTable *table, KeptPlan *kept, const char *sql,
					  int nargs, Oid *argtypes, Datum *values,
					  text ***session_ids)
{
	int			n = 0;

	spi_execute(table, kept, sql, nargs, argtypes, values, NULL);
	session_column_check(COLUMN_SESSION_ID,
						 SPI_gettypeid(SPI_tuptable->tupdesc, 1));
	*session_ids = palloc_array(text *, SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i],
										  SPI_tuptable->tupdesc, 1, &isnull);

		/* Without the primary key there may be one that has no name */
		if (!isnull)
			(*session_ids)[n++] = DatumGetTextPCopy(value);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/*
 * The value of a parameter of type text[].
 */
Datum
text_array(text **texts, int n)
{
	Datum	   *elements = palloc_array(Datum, n);

	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(texts[i]);
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}
