/*-------------------------------------------------------------------------
 *
 * session_row.c
 *		What a row of table bot_sessions is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"

#include "session_row.h"

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
 * Read our columns of a tuple.  The values point into the tuple.
 */
void
session_row_read(SessionRow *row, HeapTuple tuple, TupleDesc tupdesc,
				 const AttrNumber *attnums)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
		row->values[i] = heap_getattr(tuple, attnums[i], tupdesc,
									  &row->isnull[i]);
}

/*
 * Returns the session_id of a row.  It may differ from the one that the row
 * was found by: a nondeterministic collation finds other spellings.
 */
text *
session_row_id(const SessionRow *row)
{
	return DatumGetTextPP(row->values[COLUMN_SESSION_ID]);
}

/*
 * Returns true if the session has that status.
 */
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

/*
 * Returns true if the session is active.
 */
bool
session_is_active(const SessionRow *row)
{
	return session_has_status(row, STATUS_ACTIVE);
}

/*
 * Add a column to the changes.  The value is not copied.
 */
void
session_set(SessionChanges *changes, SessionColumn column, Datum value)
{
	changes->columns |= 1 << column;
	changes->to.values[column] = value;
	changes->to.isnull[column] = false;
}

/*
 * Add a column to the changes that becomes NULL.
 */
void
session_set_null(SessionChanges *changes, SessionColumn column)
{
	changes->columns |= 1 << column;
	changes->to.values[column] = (Datum) 0;
	changes->to.isnull[column] = true;
}

/*
 * Set the columns of the changes in a row.  The values are not copied.
 */
void
session_changes_merge(const SessionChanges *changes, SessionRow *row)
{
	for (int i = 0; i < NUM_SESSION_COLUMNS; i++)
	{
		if (changes->columns & (1 << i))
		{
			row->values[i] = changes->to.values[i];
			row->isnull[i] = changes->to.isnull[i];
		}
	}
}

/*
 * Compare two session_ids by their bytes, as COLLATE "C" does.  For qsort()
 * and bsearch() of anything that begins with a pointer to one.
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

/*
 * Sort a copy of an array of session_ids and remove duplicates.  The copy is
 * allocated in the current context.  Returns how many are left.
 */
int
session_ids_sort(text **session_ids, int n, text ***sorted)
{
	int			nsorted = 0;

	*sorted = palloc_array(text *, n);
	memcpy(*sorted, session_ids, n * sizeof(text *));
	qsort(*sorted, n, sizeof(text *), session_id_compare);
	for (int i = 0; i < n; i++)
	{
		if (nsorted == 0 ||
			session_id_compare(&(*sorted)[nsorted - 1], &(*sorted)[i]) != 0)
			(*sorted)[nsorted++] = (*sorted)[i];
	}
	return nsorted;
}
