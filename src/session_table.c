/*-------------------------------------------------------------------------
 *
 * session_table.c
 *		Access to the rows of table bot_sessions.
 *
 * A row is found first and updated by a second step.  In between the caller
 * decides what to do with the row, which is locked then, or was not held by
 * anybody: where that has changed by the time of the update, it is locked and
 * the caller decides again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "botsession.h"
#include "compat.h"
#include "kept_plan.h"
#include "session_access.h"

const ColumnInfo session_columns[NUM_SESSION_COLUMNS] =
{
	[COLUMN_SESSION_ID] = {"session_id", TEXTOID},
	[COLUMN_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
	[COLUMN_LAST_MESSAGE] = {"last_message", TEXTOID},
	[COLUMN_STATUS] = {"status", TEXTOID},
	[COLUMN_QR_DATA] = {"qr_data", TEXTOID},
	[COLUMN_UPDATED_AT] = {"updated_at", TIMESTAMPTZOID},
};

/*
 * Open the table in the schema of the calling function, with the lock that the
 * strongest statement would take which the functions below stand for; NoLock
 * where the caller uses none of them.
 *
 * A read-only transaction is refused before any row is looked at: whether a
 * call is allowed shall not depend on what it happens to find.
 */
void
session_table_open(SessionTable *table, FunctionCallInfo fcinfo,
				   const char *function, LOCKMODE lockmode)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);

	table->schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	table->spi_connected = false;

	table->direct = lockmode == NoLock ? NULL :
		direct_open(table->schema, lockmode);
	if (!table->direct)
		(void) table_lookup(table->schema, SESSION_TABLE_NAME);
	compat_injection_point("botsession-table-opened");
}

/*
 * The table of that name in a schema, which has to be there.
 */
Oid
table_lookup(Oid schema, const char *name)
{
	Oid			relid = get_relname_relid(name, schema);

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s.%s\" does not exist",
						get_schema_name(schema), name),
				 errhint("Run the migration create_bot_sessions.sql.")));
	return relid;
}

void
session_table_close(SessionTable *table)
{
	if (table->direct)
		direct_close(table->direct);
	spi_close(table);
}

/*
 * May rows be accessed directly?  Still, wherever functions of users may have
 * been called since the table was opened.
 */
static inline bool
is_direct(SessionTable *table)
{
	return table->direct && direct_is_current(table->direct);
}

/*
 * Find a row.  False where there is none that the caller may see.
 */
bool
session_read(SessionTable *table, text *session_id, SessionRow *row)
{
	if (is_direct(table))
		return direct_read(table->direct, session_id, row);
	return spi_read(table, session_id, row);
}

/*
 * Find a row to be updated.  False where there is none that the caller may
 * see.
 *
 * To lock it can be left out where nothing is decided but the update that has
 * to follow: unless session_update() did it, this is called again, for the
 * same row, to lock it.
 */
bool
session_find(SessionTable *table, text *session_id, bool lock, SessionRow *row)
{
	if (is_direct(table))
		return direct_find(table->direct, session_id, lock, row);
	return spi_lock(table, session_id, row);
}

/*
 * The same, where a session that cannot be found is an error.
 */
void
session_find_existing(SessionTable *table, text *session_id, bool lock,
					  SessionRow *row)
{
	if (!session_find(table, session_id, lock, row))
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
session_lock_many(SessionTable *table, text **session_ids, int n,
				  text ***locked)
{
	if (is_direct(table))
		return direct_lock_many(table->direct, session_ids, n, locked);
	return spi_lock_many(table, session_ids, n, locked);
}

/*
 * Lock the active rows last updated before a time, the oldest first, skipping
 * those that somebody else holds.
 */
int
session_lock_idle(SessionTable *table, TimestampTz idle_since,
				  int max_sessions, text ***locked)
{
	return spi_lock_idle(table, idle_since, max_sessions, locked);
}

/*
 * Insert an active session; *row becomes what RETURNING gives.  False where
 * that session_id is taken, since somebody was faster or row level security
 * hides the row from the caller, or a BEFORE trigger cancelled the insertion.
 */
bool
session_insert(SessionTable *table, text *session_id, SessionRow *row)
{
	return spi_insert(table, session_id, row);
}

/*
 * Update the row that was found last.  False, with nothing done, where it was
 * not locked and somebody has changed it since.
 *
 * *row becomes what RETURNING gives: the row after BEFORE triggers.  Where one
 * of those cancelled the update, *row is left alone.
 */
bool
session_update(SessionTable *table, text *session_id,
			   const SessionChanges *changes, SessionRow *row)
{
	compat_injection_point("botsession-before-update");
	if (!is_direct(table))
	{
		spi_update(table, session_id, changes, row);
		return true;
	}
	return direct_update(table->direct, session_id, changes, row);
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

/*
 * Order by the bytes of session_id, as session_lock_many() does: for qsort()
 * and bsearch() of anything that begins with a pointer to it.
 */
int
session_id_compare(const void *a, const void *b)
{
	text	   *left = *(text *const *) a;
	text	   *right = *(text *const *) b;
	int			left_len = VARSIZE_ANY_EXHDR(left);
	int			right_len = VARSIZE_ANY_EXHDR(right);
	int			result = memcmp(VARDATA_ANY(left), VARDATA_ANY(right),
								Min(left_len, right_len));

	return result != 0 ? result : left_len - right_len;
}

bool
session_has_status(const SessionRow *row, const char *status)
{
	text	   *value;

	if (row->isnull[COLUMN_STATUS])
		return false;

	value = DatumGetTextPP(row->values[COLUMN_STATUS]);
	return VARSIZE_ANY_EXHDR(value) == strlen(status) &&
		memcmp(VARDATA_ANY(value), status, strlen(status)) == 0;
}

bool
session_is_active(const SessionRow *row)
{
	return session_has_status(row, STATUS_ACTIVE);
}

/*
 * The session_id of a row that was found by one.  A nondeterministic collation
 * finds rows whose name is spelled in another way.
 */
text *
session_name(const SessionRow *row)
{
	return DatumGetTextPP(row->values[COLUMN_SESSION_ID]);
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
		session_column_check(i, TupleDescAttr(tupdesc, attnum - 1)->atttypid);
		attnums[i] = attnum;
	}
}

/*
 * The values of our columns in a tuple; they are good as long as the tuple is.
 */
void
session_row_read(HeapTuple tuple, TupleDesc tupdesc, const AttrNumber *attnums,
				 SessionRow *row)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row->values[i] = heap_getattr(tuple, attnums[i], tupdesc,
									  &row->isnull[i]);
}

/*
 * Check that a column is still of the type we take its values for.
 */
void
session_column_check(SessionColumn column, Oid type)
{
	if (type != session_columns[column].type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s must be of type %s",
						session_columns[column].name, SESSION_TABLE_NAME,
						format_type_be(session_columns[column].type)),
				 errhint("Run the migration create_bot_sessions.sql: it says what is wrong with the table.")));
}
