/*-------------------------------------------------------------------------
 *
 * session_row.h
 *		What a row of table bot_sessions is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_ROW_H
#define SESSION_ROW_H

#include "access/htup.h"

#include "schema.h"

#define STATUS_ACTIVE			"active"
#define STATUS_INACTIVE			"inactive"

/* Our columns of the table, in the order of type bot_session. */
typedef enum SessionColumn
{
	COLUMN_SESSION_ID,
	COLUMN_CREATED_AT,
	COLUMN_LAST_MESSAGE,
	COLUMN_STATUS,
	COLUMN_QR_DATA,
	COLUMN_UPDATED_AT
} SessionColumn;

#define NUM_SESSION_COLUMNS		(COLUMN_UPDATED_AT + 1)

/* The values of our columns in a row. */
typedef struct SessionRow
{
	Datum		values[NUM_SESSION_COLUMNS];
	bool		isnull[NUM_SESSION_COLUMNS];
} SessionRow;

/* What to set in a row, and what to announce of that; start from {0}. */
typedef struct SessionChanges
{
	int			columns;		/* bits 1 << SessionColumn */
	SessionRow	to;
	const char *operation;		/* a constant; NULL: nothing is announced */
	text	   *reason;			/* may be NULL */
} SessionChanges;

extern const ColumnInfo session_columns[NUM_SESSION_COLUMNS];

extern void session_row_read(SessionRow *row, HeapTuple tuple,
							 TupleDesc tupdesc, const AttrNumber *attnums);
extern text *session_row_id(const SessionRow *row);
extern bool session_has_status(const SessionRow *row, const char *status);
extern bool session_is_active(const SessionRow *row);

extern void session_set(SessionChanges *changes, SessionColumn column,
						Datum value);
extern void session_set_null(SessionChanges *changes, SessionColumn column);
extern void session_changes_merge(const SessionChanges *changes,
								  SessionRow *row);

extern int	session_id_compare(const void *a, const void *b);
extern int	session_ids_sort(text **session_ids, int n, text ***sorted);

#endif							/* SESSION_ROW_H */
