/*-------------------------------------------------------------------------
 *
 * session_table.c
 *		Access to the rows of table bot_sessions, through SPI.
 *
 * A row is found and locked by one statement and updated by the next.  At
 * READ COMMITTED the second one sees what the first one waited for, and in
 * between the caller decides what to do with the row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "botsession.h"
#include "kept_plan.h"
#include "session_table.h"

static const struct
{
	const char *name;
	Oid			type;
}			session_columns[NUM_SESSION_COLUMNS] =
{
	[COLUMN_SESSION_ID] = {"session_id", TEXTOID},
	[COLUMN_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
	[COLUMN_LAST_MESSAGE] = {"last_message", TEXTOID},
	[COLUMN_STATUS] = {"status", TEXTOID},
	[COLUMN_QR_DATA] = {"qr_data", TEXTOID},
	[COLUMN_UPDATED_AT] = {"updated_at", TIMESTAMPTZOID},
};

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
static void execute(SPIPlanPtr plan, Datum *values, const char *nulls);
static bool fetch_row(SPIPlanPtr plan, Datum *values, SessionRow *row);
static int	fetch_session_ids(SPIPlanPtr plan, Datum *values,
							  text ***session_ids);
static bool read_row(SessionTable *table, text *session_id, SessionRow *row);
static void check_column_type(SessionColumn column, Oid type);

/*
 * Open the table in the schema of the calling function.
 *
 * A read-only transaction is refused before any row is looked at: whether a
 * call is allowed shall not depend on what it happens to find.
 */
void
session_table_open(SessionTable *table, FunctionCallInfo fcinfo,
				   const char *function)
{
	MemoryContext oldcontext = CurrentMemoryContext;

	PreventCommandIfReadOnly(function);

	table->schema = get_func_namespace(fcinfo->flinfo->fn_oid);

	if (!OidIsValid(get_relname_relid(SESSION_TABLE_NAME, table->schema)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s.%s\" does not exist",
						get_namespace_name(table->schema), SESSION_TABLE_NAME),
				 errhint("Run the migration create_bot_sessions.sql.")));

	SPI_connect();

	/* SPI's own context would take the rows with it */
	MemoryContextSwitchTo(oldcontext);
}

void
session_table_close(SessionTable *table)
{
	SPI_finish();
}

/*
 * Find a row and lock it against change by others.  False where there is none
 * that the caller may see.
 */
bool
session_lock(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	SPIPlanPtr	plan;

	plan = get_plan(table, &lock_plan,
					"select " COLUMN_LIST " from %s" WHERE_SESSION_ID
					" for no key update",
					lengthof(argtypes), argtypes);
	return fetch_row(plan, values, row);
}

/*
 * The same, where a session that cannot be found is an error.
 */
void
session_lock_existing(SessionTable *table, text *session_id, SessionRow *row)
{
	if (!session_lock(table, session_id, row))
		ereport(ERROR,
				(errcode(ERRCODE_SESSION_NOT_FOUND),
				 errmsg("session not found"),
				 errdetail("There is no session \"%s\", or row level security hides it.",
						   text_to_cstring(session_id)),
				 errhint("Start it with bot_session_start.")));
}

/*
 * Lock those of the named rows that exist.  They are locked, and returned, in
 * an order that is the same for everybody, that of their bytes, so that two
 * calls cannot wait for each other.
 */
int
session_lock_many(SessionTable *table, ArrayType *session_ids, text ***locked)
{
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(session_ids)};
	SPIPlanPtr	plan;

	plan = get_plan(table, &lock_many_plan,
					"select session_id from %s"
					" where session_id operator(pg_catalog.=) any ($1)"
					" order by session_id collate pg_catalog.\"C\""
					" for no key update",
					lengthof(argtypes), argtypes);
	return fetch_session_ids(plan, values, locked);
}

/*
 * Lock the active rows last updated before a time, the oldest first, skipping
 * those that somebody else holds.
 */
int
session_lock_idle(SessionTable *table, TimestampTz idle_since,
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

/*
 * Insert an active session.  False where that session_id is taken: somebody
 * was faster, or row level security hides the row from the caller.
 */
bool
session_insert(SessionTable *table, text *session_id, SessionRow *row)
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
	return SPI_processed > 0 && read_row(table, session_id, row);
}

/*
 * Update a row that is locked already.  False, with *row left alone, where a
 * trigger removed it.
 */
bool
session_update(SessionTable *table, text *session_id,
			   const SessionChanges *changes, SessionRow *row)
{
	KeptPlan   *kept = &update_plans[changes->columns];
	SPIPlanPtr	plan = kept_plan_lookup(kept, table->schema);
	Datum		values[NUM_SESSION_COLUMNS];
	char		nulls[NUM_SESSION_COLUMNS];

	/* Each column has its parameter; that of session_id is the key */
	memcpy(values, changes->to.values, sizeof(values));
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		nulls[i] = changes->to.isnull[i] ? 'n' : ' ';
	values[COLUMN_SESSION_ID] = PointerGetDatum(session_id);

	if (plan == NULL)
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
	return read_row(table, session_id, row);
}

/*
 * Add a column to the changes.
 */
void
session_set(SessionChanges *changes, SessionColumn column, Datum value)
{
	changes->columns |= 1 << column;
	changes->to.values[column] = value;
	changes->to.isnull[column] = false;
}

void
session_set_null(SessionChanges *changes, SessionColumn column)
{
	changes->columns |= 1 << column;
	changes->to.values[column] = (Datum) 0;
	changes->to.isnull[column] = true;
}

bool
session_is_active(const SessionRow *row)
{
	return !row->isnull[COLUMN_STATUS] &&
		strcmp(TextDatumGetCString(row->values[COLUMN_STATUS]),
			   STATUS_ACTIVE) == 0;
}

/*
 * Find our columns, by name since users add and drop others, and check that
 * their types are those we take the values for.
 */
void
session_columns_find(TupleDesc tupdesc, AttrNumber *attnums)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		int			attnum = SPI_fnumber(tupdesc, session_columns[i].name);

		if (attnum <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of %s does not exist",
							session_columns[i].name, SESSION_TABLE_NAME),
					 errhint("Run the migration create_bot_sessions.sql: it says what is wrong with the table.")));
		check_column_type(i, TupleDescAttr(tupdesc, attnum - 1)->atttypid);
		attnums[i] = attnum;
	}
}

static void
check_column_type(SessionColumn column, Oid type)
{
	if (type != session_columns[column].type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s must be of type %s",
						session_columns[column].name, SESSION_TABLE_NAME,
						format_type_be(session_columns[column].type)),
				 errhint("Run the migration create_bot_sessions.sql: it says what is wrong with the table.")));
}

/*
 * The kept plan of a statement, in which %s stands for the table.
 */
static SPIPlanPtr
get_plan(SessionTable *table, KeptPlan *kept, const char *sql,
		 int nargs, Oid *argtypes)
{
	SPIPlanPtr	plan = kept_plan_lookup(kept, table->schema);

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
			Datum		value;

			check_column_type(i, SPI_gettypeid(tupdesc, i + 1));
			value = heap_getattr(tuple, i + 1, tupdesc, &row->isnull[i]);
			if (!row->isnull[i])
			{
				Form_pg_attribute att = TupleDescAttr(tupdesc, i);

				/* A TOAST pointer is only good while its row is */
				if (att->attlen == -1 &&
					VARATT_IS_EXTERNAL(DatumGetPointer(value)))
					value = PointerGetDatum(detoast_external_attr((struct varlena *) DatumGetPointer(value)));
				else
					value = datumCopy(value, att->attbyval, att->attlen);
			}
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

/*
 * The row as it is stored now.  RETURNING would give it as it was before the
 * AFTER triggers, which may change it again.
 */
static bool
read_row(SessionTable *table, text *session_id, SessionRow *row)
{
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	SPIPlanPtr	plan;

	plan = get_plan(table, &read_plan,
					"select " COLUMN_LIST " from %s" WHERE_SESSION_ID,
					lengthof(argtypes), argtypes);
	return fetch_row(plan, values, row);
}
