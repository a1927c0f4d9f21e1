/*-------------------------------------------------------------------------
 *
 * session_access.h
 *		The two ways to the rows of table bot_sessions.
 *
 * session_table.c takes the direct one where it is known to do what the
 * statement would do, and SPI everywhere else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_ACCESS_H
#define SESSION_ACCESS_H

#include "botsession.h"
#include "kept_plan.h"
#include "session_table.h"

/* session_table.c */
extern const ColumnInfo session_columns[NUM_SESSION_COLUMNS];

extern void session_column_check(SessionColumn column, Oid type);

/* session_spi.c */
extern void spi_close(SessionTable *table);
extern void spi_execute(SessionTable *table, KeptPlan *kept, const char *sql,
						int nargs, Oid *argtypes, Datum *values,
						const char *nulls);
extern int	spi_fetch_session_ids(SessionTable *table, KeptPlan *kept,
								  const char *sql, int nargs, Oid *argtypes,
								  Datum *values, text ***session_ids);
extern Datum text_array(text **texts, int n);
extern bool spi_read(SessionTable *table, text *session_id, SessionRow *row);
extern bool spi_lock(SessionTable *table, text *session_id, SessionRow *row);
extern int	spi_lock_many(SessionTable *table, text **session_ids, int n,
						  text ***locked);
extern int	spi_lock_idle(SessionTable *table, TimestampTz idle_since,
						  int max_sessions, text ***locked);
extern bool spi_insert(SessionTable *table, text *session_id, SessionRow *row);
extern void spi_update(SessionTable *table, text *session_id,
					   const SessionChanges *changes, SessionRow *row);

/* session_direct.c */
extern DirectAccess *direct_open(Oid schema, LOCKMODE lockmode);
extern void direct_close(DirectAccess *direct);
extern bool direct_is_current(DirectAccess *direct);
extern bool direct_read(DirectAccess *direct, text *session_id,
						SessionRow *row);
extern bool direct_find(DirectAccess *direct, text *session_id, bool lock,
						SessionRow *row);
extern int	direct_lock_many(DirectAccess *direct, text **session_ids, int n,
							 text ***locked);
extern bool direct_update(DirectAccess *direct, text *session_id,
						  const SessionChanges *changes, SessionRow *row);

#endif							/* SESSION_ACCESS_H */
