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

#include "fmgr.h"
#include "storage/lockdefs.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "kept_plan.h"
#include "session_direct.h"
#include "session_row.h"

/*
 * A call of one of our functions.  The values of a row are good until another
 * row is found or the call is closed.
 */
typedef struct SessionCall
{
	SpiCall		spi;			/* its schema, and its statements */
	SessionDirect *direct;		/* NULL: all access goes through SPI */
} SessionCall;

/*
 * Decides what to make of a row that was found: adds to the changes, and
 * returns true to have them written.  arg is what session_change() was given.
 *
 * Without SESSION_LOCK_FIRST this may be called twice for a row.  The first
 * time the row is not locked, so it only counts if its changes can be written.
 */
typedef bool (*SessionDecide) (SessionCall *call, const SessionRow *before,
							   SessionChanges *changes, void *arg);

/* How session_change() works, as bits. */
#define SESSION_LOCK_FIRST	0x01	/* always lock before deciding */
#define SESSION_MUST_EXIST	0x02	/* or it is an error */

extern void session_call_open(SessionCall *call, FunctionCallInfo fcinfo,
							  const char *function, LOCKMODE lockmode);
extern void session_call_open_spi(SessionCall *call, FunctionCallInfo fcinfo,
								  const char *function);
extern void session_call_lock_table(SessionCall *call, LOCKMODE lockmode);
extern void session_call_close(SessionCall *call);

pg_noreturn extern void session_report_not_found(text *session_id);
extern bool session_find(SessionCall *call, text *session_id, SessionRow *row);
extern bool session_find_for_update(SessionCall *call, text *session_id,
									SessionRow *row);
extern int	session_lock_many(SessionCall *call, text **session_ids, int n,
							  text ***locked);
extern int	session_lock_idle(SessionCall *call, TimestampTz idle_since,
							  int max_sessions, text ***locked);
extern bool session_change(SessionCall *call, text *session_id, int flags,
						   SessionDecide decide, void *arg,
						   SessionRow *before, SessionRow *row);
extern bool session_insert(SessionCall *call, text *session_id,
						   SessionRow *row);

#endif							/* SESSION_TABLE_H */
