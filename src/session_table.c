/*-------------------------------------------------------------------------
 *
 * session_table.c
 *		Access to the rows of table bot_sessions.
 *
 * A row is found, the caller decides what to make of it, and it is updated.
 * That goes one of two ways: directly, without a statement, where this is known
 * to do what the statement would do, and through SPI everywhere else.
 *
 * In direct access a row that is free is not locked: the lock would be granted
 * at once, and the update notices if another transaction came in between.  Then
 * the row is locked and the caller decides again.  A row that another
 * transaction holds is waited for first, so that what is decided, and the time
 * that goes into the row, is not from before.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "announcement.h"
#include "botsession.h"
#include "compat.h"
#include "session_audit.h"
#include "session_maintain.h"
#include "session_spi.h"
#include "session_table.h"
#include "session_update.h"

/* In which state a row was found. */
typedef enum FoundState
{
	FOUND_FREE,					/* no other transaction seems to hold it */
	FOUND_LOCKED				/* by us */
} FoundState;

/*
 * Begin a call.  A read-only transaction is refused before any row is looked
 * at, so that whether a call is allowed does not depend on what it finds.
 */
static void
session_call_begin(SessionCall *call, FunctionCallInfo fcinfo,
				   const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);

	call->spi.schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	call->spi.connected = false;
	call->direct = NULL;
}

/*
 * Open the table in the schema of the calling function.  lockmode is the lock
 * that the strongest statement of the call would take.
 */
void
session_call_open(SessionCall *call, FunctionCallInfo fcinfo,
				  const char *function, LOCKMODE lockmode)
{
	session_call_begin(call, fcinfo, function);
	call->direct = session_direct_open(call->spi.schema, lockmode);
	if (call->direct == NULL)
		(void) table_lookup(call->spi.schema, SESSION_TABLE_NAME);
	compat_injection_point("botsession-table-opened");
}

/*
 * The same, for a call that accesses the table by statements alone.
 */
void
session_call_open_spi(SessionCall *call, FunctionCallInfo fcinfo,
					  const char *function)
{
	session_call_begin(call, fcinfo, function);
	(void) table_lookup(call->spi.schema, SESSION_TABLE_NAME);
	compat_injection_point("botsession-table-opened");
}

/*
 * Take a stronger lock on the table than it was opened with.
 */
void
session_call_lock_table(SessionCall *call, LOCKMODE lockmode)
{
	if (call->direct)
		session_direct_lock_table(call->direct, lockmode);
}

/*
 * Close what was opened.
 */
void
session_call_close(SessionCall *call)
{
	if (call->direct)
		session_direct_close(call->direct);
	spi_call_end(&call->spi);
}

/*
 * Returns true if rows can be accessed directly, still: any step of a call may
 * have called functions of users.
 */
static inline bool
session_call_is_direct(SessionCall *call)
{
	return call->direct && session_direct_is_current(call->direct);
}

/*
 * Report that there is no row that the caller may see.
 */
void
session_report_not_found(text *session_id)
{
	ereport(ERROR,
			(errcode(ERRCODE_SESSION_NOT_FOUND),
			 errmsg("session not found"),
			 errdetail("There is no session \"%s\", or row level security hides it.",
					   text_to_cstring(session_id)),
			 errhint("Start it with bot_session_start.")));
}

/*
 * Find a row.  Returns false if there is none that the caller may see.
 */
bool
session_find(SessionCall *call, text *session_id, SessionRow *row)
{
	if (session_call_is_direct(call))
		return session_direct_read(call->direct, session_id, row);
	return session_spi_read(&call->spi, session_id, row);
}

/*
 * Find a row and lock it.  Returns false if there is none that the caller may
 * see.
 */
bool
session_find_for_update(SessionCall *call, text *session_id, SessionRow *row)
{
	if (session_call_is_direct(call))
		return session_direct_lock(call->direct, session_id, row);
	return session_spi_lock(&call->spi, session_id, row);
}

/*
 * Lock those of the named rows that exist, each once, ordered by the bytes of
 * session_id.  All callers do so, so two calls cannot wait for each other.
 *
 * The array of their session_ids is allocated in the current context, in that
 * order.  Returns how many there are.
 */
int
session_lock_many(SessionCall *call, text **session_ids, int n,
				  text ***locked)
{
	if (session_call_is_direct(call))
		return session_direct_lock_many(call->direct, session_ids, n, locked);
	return session_spi_lock_many(&call->spi, session_ids, n, locked);
}

/*
 * Lock the active rows last updated before a time, the oldest first.  Rows that
 * another transaction holds are skipped.
 */
int
session_lock_idle(SessionCall *call, TimestampTz idle_since,
				  int max_sessions, text ***locked)
{
	return session_spi_lock_idle(&call->spi, idle_since, max_sessions, locked);
}

/*
 * Insert an active session.  *row becomes what RETURNING gives.  Returns false
 * if the session_id is taken, since another transaction was faster or row level
 * security hides the row, or if a BEFORE trigger cancelled the insertion.
 */
bool
session_insert(SessionCall *call, text *session_id, SessionRow *row)
{
	return session_spi_insert(&call->spi, session_id, row);
}

/*
 * Update the row that was found in direct access: maintain it, write it, audit
 * the change, and fire the triggers of users.  Returns false, with nothing
 * done, if it was not locked and another transaction has changed it since.
 */
static bool
session_update_direct(SessionCall *call, const SessionChanges *changes,
					  const SessionRow *before, SessionRow *row)
{
	SessionDirect *direct = call->direct;
	Oid			schema = call->spi.schema;
	SessionRow	after = *before;
	bool		audited;
	bool		queue_audit;

	session_changes_merge(changes, &after);
	if (direct->entry.maintained)
		session_maintain(before, &after);

	audited = session_audit_concerns(direct->entry.audits, changes->columns,
									 before, &after);
	queue_audit = audited && session_audit_fires_triggers(schema, &after);
	if (!session_update_write(direct, changes->columns, &after, queue_audit))
		return false;
	if (audited && !queue_audit)
		session_audit_change(schema, before, &after);
	session_update_fire_triggers(direct);
	*row = after;
	return true;
}

/*
 * Update the row that was found, and locked.  *row becomes what RETURNING
 * gives: the row after BEFORE triggers.  It is left alone if one of those
 * cancelled the update, or if a function of a user's has deleted the row.
 */
static void
session_update_locked(SessionCall *call, text *session_id,
					  const SessionChanges *changes, SessionRow *row)
{
	SessionDirect *direct = call->direct;
	SessionRow	before;

	compat_injection_point("botsession-before-update");
	if (!session_call_is_direct(call))
	{
		session_spi_update(&call->spi, session_id, changes, row);
		return;
	}

	session_update_check_columns(direct, changes->columns);
	session_direct_begin(direct);
	if (session_update_find_again(direct, session_id, &before) &&
		!session_update_direct(call, changes, &before, row))
		elog(ERROR, "row that was locked has changed");
	session_direct_end(direct);
}

/*
 * Update the row that was found, but not locked.  Returns false, with nothing
 * done, if another transaction has changed it since.
 */
static bool
session_update_free(SessionCall *call, const SessionChanges *changes,
					const SessionRow *before, SessionRow *row)
{
	compat_injection_point("botsession-before-update");
	session_update_check_columns(call->direct, changes->columns);
	if (session_update_direct(call, changes, before, row))
		return true;
	ereport(DEBUG1, (errmsg_internal("session has changed meanwhile")));
	return false;
}

/*
 * Decide what to make of a row, and do it.  *row becomes what is returned of
 * it.  Returns false, with nothing done, if the row is not locked and has to
 * be.
 */
static bool
session_decide(SessionCall *call, text *session_id, FoundState state,
			   SessionDecide decide, void *arg,
			   const SessionRow *before, SessionRow *row)
{
	SessionChanges changes = {0};
	int			nestlevel = 0;
	bool		done = true;

	*row = *before;
	if (!decide(call, before, &changes, arg))
		return state == FOUND_LOCKED;

	if (changes.operation)
		nestlevel = announcement_begin(changes.operation,
									   session_row_id(before), changes.reason);
	if (state == FOUND_LOCKED)
		session_update_locked(call, session_id, &changes, row);
	else
		done = session_update_free(call, &changes, before, row);
	if (changes.operation)
		announcement_end(nestlevel);
	return done;
}

/*
 * Find a row, decide what to make of it, and do that, if the row is free and
 * can be accessed directly; otherwise find it and lock it.
 *
 * Returns false if there is no row that the caller may see.  *done tells
 * whether there is nothing left to do.
 */
static bool
session_change_free(SessionCall *call, text *session_id,
					SessionDecide decide, void *arg,
					SessionRow *before, SessionRow *row, bool *done)
{
	SessionDirect *direct = call->direct;
	bool		found;

	*done = false;
	if (!session_call_is_direct(call))
		return session_find_for_update(call, session_id, before);

	session_direct_begin(direct);
	found = session_direct_find(direct, session_id, before);
	if (found && session_direct_found_is_free(direct))
		*done = session_decide(call, session_id, FOUND_FREE, decide, arg,
							   before, row);
	if (found && !*done)
		found = session_direct_lock_found(direct, session_id, before);
	session_direct_end(direct);
	return found;
}

/*
 * Find a row, let decide() make changes of it, and write them.  *before becomes
 * the row as it was found, *row what is returned of it: what RETURNING gives,
 * or the row as it was found if nothing was to be written.
 *
 * Returns false if there is no row that the caller may see.
 */
bool
session_change(SessionCall *call, text *session_id, int flags,
			   SessionDecide decide, void *arg,
			   SessionRow *before, SessionRow *row)
{
	bool		done = false;
	bool		found;

	if (flags & SESSION_LOCK_FIRST)
		found = session_find_for_update(call, session_id, before);
	else
	{
		found = session_change_free(call, session_id, decide, arg, before, row,
									&done);
		/* Who was waited for may have deleted the row and inserted it anew */
		if (!found && (flags & SESSION_MUST_EXIST))
			found = session_find_for_update(call, session_id, before);
	}
	if (!found && (flags & SESSION_MUST_EXIST))
		session_report_not_found(session_id);
	if (found && !done)
		(void) session_decide(call, session_id, FOUND_LOCKED, decide, arg,
							  before, row);
	return found;
}
