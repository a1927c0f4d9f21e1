/*-------------------------------------------------------------------------
 *
 * session_audit.c
 *		Which event a change of a session is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "announcement.h"
#include "compat.h"
#include "event_direct.h"
#include "events.h"
#include "lease_table.h"
#include "session_audit.h"

/*
 * Returns true if an update that sets these columns may be an event, and the
 * triggers that there are fire for it: a change of status is one, and so is a
 * start that changes none.
 */
bool
session_audit_concerns(int audits, int columns,
					   const SessionRow *before, const SessionRow *after)
{
	if (session_is_active(before) != session_is_active(after))
		return audits & AUDITS_CHANGES;
	return (audits & AUDITS_STARTS) && (columns & (1 << COLUMN_STATUS)) &&
		session_is_active(after) && announcement_is_pending();
}

/*
 * Returns true if the audit of such an update may fire triggers of users,
 * which can tell whether they are called from within a trigger.  A session
 * that ends may have a lease, and a statement ends that.
 */
bool
session_audit_fires_triggers(Oid schema, const SessionRow *after)
{
	return !session_is_active(after) || !event_is_direct(schema);
}

/*
 * Write the event of a change, if it is one, and end the lease of a session
 * that ends.  before is NULL for an insert, after is NULL for a deletion.
 */
void
session_audit_change(Oid schema, const SessionRow *before,
					 const SessionRow *after)
{
	const SessionRow *row = after;
	const char *kind = NULL;
	const char *reason = NULL;
	char	   *session_id;
	const char *operation;

	if (before == NULL)
		kind = "created";
	else if (after == NULL)
	{
		row = before;
		kind = "deleted";
	}
	else if (session_is_active(before) != session_is_active(after))
		kind = session_is_active(after) ? "reopened" : "ended";
	else if (!session_is_active(after) || !announcement_is_pending())
		return;

	session_id = row->isnull[COLUMN_SESSION_ID] ? NULL :
		text_to_cstring(session_row_id(row));
	operation = announcement_operation(session_id);
	if (kind == NULL && operation && strcmp(operation, OPERATION_START) == 0)
		kind = "recovered";
	if (kind == NULL)
		return;

	if (operation)
		reason = announcement_take();
	compat_injection_point("botsession-operation-taken");
	event_write(schema, session_id, kind, reason);

	if (session_id && before && after && !session_is_active(after))
		lease_end(schema, session_id);
}
