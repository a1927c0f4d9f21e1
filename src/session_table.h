/*-------------------------------------------------------------------------
 *
 * session_table.h
 *		Access to the rows of table bot_sessions.
 *
 * Everything that reads or writes a session goes through these functions, in
 * the name of the calling role: privileges, row level security, triggers and
 * constraints apply as they do for a plain statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

#include "access/attnum.h"
#include "access/htup.h"
#include "access/tupdesc.h"
#include "fmgr.h"
#include "storage/lockdefs.h"
#include "utils/timestamp.h"

#define SESSION_TABLE_NAME		"bot_sessions"
#define LEASE_TABLE_NAME		"bot_session_leases"
#define FENCE_SEQUENCE_NAME		"bot_session_fences"

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

/* A row as stored. */
typedef struct SessionRow
{
	Datum		values[NUM_SESSION_COLUMNS];
	bool		isnull[NUM_SESSION_COLUMNS];
} SessionRow;

/* What to set in a row; start from {0}, which sets nothing. */
typedef struct SessionChanges
{
	int			columns;		/* bits 1 << SessionColumn */
	SessionRow	to;
} SessionChanges;

typedef struct DirectAccess DirectAccess;

/*
 * The open table.  The values of a row are good until another one is found
 * or the table is closed.
 */
typedef struct SessionTable
{
	Oid			schema;
	DirectAccess *direct;		/* NULL where everything goes through SPI */
	bool		spi_connected;
} SessionTable;

extern Oid	table_lookup(Oid schema, const char *name);
extern void session_table_open(SessionTable *table, FunctionCallInfo fcinfo,
							   const char *function, LOCKMODE lockmode);
extern void session_table_close(SessionTable *table);

extern bool session_read(SessionTable *table, text *session_id,
						 SessionRow *row);
extern bool session_find(SessionTable *table, text *session_id, bool lock,
						 SessionRow *row);
extern void session_find_existing(SessionTable *table, text *session_id,
								  bool lock, SessionRow *row);
extern int	session_lock_many(SessionTable *table, text **session_ids, int n,
							  text ***locked);
extern int	session_lock_idle(SessionTable *table, TimestampTz idle_since,
							  int max_sessions, text ***locked);
extern bool session_insert(SessionTable *table, text *session_id,
						   SessionRow *row);
extern bool session_update(SessionTable *table, text *session_id,
						   const SessionChanges *changes, SessionRow *row);

extern void session_set(SessionChanges *changes, SessionColumn column,
						Datum value);
extern void session_set_null(SessionChanges *changes, SessionColumn column);

extern int	session_id_compare(const void *a, const void *b);
extern bool session_has_status(const SessionRow *row, const char *status);
extern bool session_is_active(const SessionRow *row);
extern text *session_name(const SessionRow *row);
extern void session_columns_find(TupleDesc tupdesc, AttrNumber *attnums);
extern void session_row_read(HeapTuple tuple, TupleDesc tupdesc,
							 const AttrNumber *attnums, SessionRow *row);

#endif							/* SESSION_TABLE_H */
