/*-------------------------------------------------------------------------
 *
 * session_direct.h
 *		Access to the rows of table bot_sessions without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_DIRECT_H
#define SESSION_DIRECT_H

#include "direct_scan.h"
#include "session_cache.h"
#include "session_row.h"

/* A row that session_direct_lock_many() has locked. */
typedef struct LockedRow
{
	text	   *session_id;		/* first, for session_id_compare() */
	ItemPointerData tid;
} LockedRow;

/* The open table */
typedef struct SessionDirect
{
	Oid			userid;			/* who opened it */
	SessionCacheEntry entry;	/* a copy, as it was then */
	bool		outdated;		/* session_direct_is_current() said no */
	DirectTable table;
	DirectScan	scan;			/* in the primary key */
	List	   *slots;			/* all that are below */

	bool		snapshot_active;	/* since session_direct_begin() */
	TupleTableSlot *found;		/* the row to be updated */
	TupleTableSlot *updated;	/* its new version */
	TupleTableSlot *read;		/* a row that was only read */
	bool		triggers_queued;	/* by session_update_write() */

	AclMode		permitted;		/* privileges on our columns, checked */
	int			permitted_columns;	/* to set these, checked */

	LockedRow  *locked_rows;	/* ordered by session_id */
	int			nlocked_rows;
} SessionDirect;

extern SessionDirect *session_direct_open(Oid schema, LOCKMODE lockmode);
extern void session_direct_lock_table(SessionDirect *direct,
									  LOCKMODE lockmode);
extern bool session_direct_is_current(SessionDirect *direct);
extern void session_direct_close(SessionDirect *direct);

/* Each of these does what one statement does. */
extern bool session_direct_read(SessionDirect *direct, text *session_id,
								SessionRow *row);
extern bool session_direct_lock(SessionDirect *direct, text *session_id,
								SessionRow *row);
extern int	session_direct_lock_many(SessionDirect *direct, text **session_ids,
									 int n, text ***locked);

/* These are the parts of one, called between begin and end. */
extern void session_direct_begin(SessionDirect *direct);
extern bool session_direct_find(SessionDirect *direct, text *session_id,
								SessionRow *row);
extern bool session_direct_found_is_free(const SessionDirect *direct);
extern bool session_direct_lock_found(SessionDirect *direct, text *session_id,
									  SessionRow *row);
extern void session_direct_end(SessionDirect *direct);

/* For session_update.c */
extern TupleTableSlot *session_direct_make_slot(SessionDirect *direct);
extern void session_direct_get_row(const SessionDirect *direct,
								   TupleTableSlot *slot, SessionRow *row);

#endif							/* SESSION_DIRECT_H */
