/*-------------------------------------------------------------------------
 *
 * session_spi.c
 *		Access to the rows of table bot_sessions through SPI.
 *
 * Each function here executes the statement that it stands for, with a plan
 * that is kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/datum.h"

#include "botsession.h"
#include "compat.h"
#include "session_spi.h"

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
static KeptPlan update_plans[1 << NUM_SESSION_COLUMNS]; /* by columns that are
														 * set */

/*
 * Execute a statement that returns the row of one session.  Its values are
 * allocated in the current context.  Returns false, and leaves *row alone, if
 * there is none.
 */
static bool
session_spi_fetch(SpiCall *call, KeptPlan *kept, const char *sql,
				  int nargs, Oid *argtypes, Datum *values, const char *nulls,
				  SessionRow *row)
{
	HeapTuple	tuple;
	TupleDesc	tupdesc;
	bool		found;

	spi_call_execute(call, kept, sql, nargs, argtypes, values, nulls);
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

			column_require_type(&session_columns[i], SESSION_TABLE_NAME,
								att->atttypid);
			if (!row->isnull[i])
				value = datumCopy(value, att->attbyval, att->attlen);
			row->values[i] = value;
		}
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/*
 * Find a row.
 */
bool
session_spi_read(SpiCall *call, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	return session_spi_fetch(call, &read_plan,
							 "select " COLUMN_LIST " from " TABLE WHERE_SESSION_ID,
							 lengthof(argtypes), argtypes, values, NULL, row);
}

/*
 * Find a row and lock it.
 */
bool
session_spi_lock(SpiCall *call, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	return session_spi_fetch(call, &lock_plan,
							 "select " COLUMN_LIST " from " TABLE WHERE_SESSION_ID
							 " for no key update",
							 lengthof(argtypes), argtypes, values, NULL, row);
}

/*
 * Lock those of these sessions that exist, ordered by the bytes of session_id.
 */
int
session_spi_lock_many(SpiCall *call, text **session_ids, int n, text ***locked)
{
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {text_array(session_ids, n)};

	return spi_call_session_ids(call, &lock_many_plan,
								"select session_id from " TABLE
								" where session_id operator(pg_catalog.=) any ($1)"
								" order by session_id collate pg_catalog.\"C\""
								" for no key update",
								lengthof(argtypes), argtypes, values, locked);
}

/*
 * Lock the active sessions that were last updated before a time and have no
 * live lease, the oldest first.  Rows that another transaction holds are
 * skipped.
 */
int
session_spi_lock_idle(SpiCall *call, TimestampTz idle_since,
					  int max_sessions, text ***locked)
{
	Oid			argtypes[] = {TIMESTAMPTZOID, INT4OID};
	Datum		values[] = {
		TimestampTzGetDatum(idle_since), Int32GetDatum(max_sessions)
	};

	(void) table_lookup(call->schema, LEASE_TABLE_NAME);
	return spi_call_session_ids(call, &lock_idle_plan,
								"select s.session_id from " TABLE " s"
								" where s.status operator(pg_catalog.=) '" STATUS_ACTIVE "'"
								" and s.updated_at operator(pg_catalog.<) $1"
								" and %1$s.bot_session_lease_allows(s.session_id, null::pg_catalog.int8)"
								" order by s.updated_at, s.session_id collate pg_catalog.\"C\""
								" limit $2 for no key update of s skip locked",
								lengthof(argtypes), argtypes, values, locked);
}

/*
 * Insert an active session.  Returns false if the session_id is taken, or if a
 * BEFORE trigger cancelled the insertion.
 */
bool
session_spi_insert(SpiCall *call, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};

	bool		inserted;

	inserted = session_spi_fetch(call, &insert_plan,
								 "insert into " TABLE " (session_id, status)"
								 " values ($1, '" STATUS_ACTIVE "')"
								 " on conflict (session_id) do nothing"
								 " returning " COLUMN_LIST,
								 lengthof(argtypes), argtypes, values, NULL, row);
	compat_injection_point("botsession-row-inserted");
	return inserted;
}

/*
 * Returns the statement that sets these columns, allocated in the current
 * context.  Each column has its parameter, which is NULL where the column is
 * not set; that of session_id is the key.
 */
static const char *
session_spi_update_statement(int columns)
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

/*
 * Update a row.  *row is left alone if a BEFORE trigger cancelled the update.
 */
void
session_spi_update(SpiCall *call, text *session_id,
				   const SessionChanges *changes, SessionRow *row)
{
	KeptPlan   *kept = &update_plans[changes->columns];
	Oid			argtypes[NUM_SESSION_COLUMNS];
	Datum		values[NUM_SESSION_COLUMNS];
	char		nulls[NUM_SESSION_COLUMNS];
	const char *sql = NULL;

	if (kept_plan_lookup(kept, call->schema) == NULL)
		sql = session_spi_update_statement(changes->columns);
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
	(void) session_spi_fetch(call, kept, sql, lengthof(argtypes), argtypes, values,
							 nulls, row);
}
