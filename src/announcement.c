/*-------------------------------------------------------------------------
 *
 * announcement.c
 *		What the functions tell the audit trail of a change.
 *
 * A function announces which session it changes, and why, by a variable of
 * this file.  The PL/pgSQL edition does that by two settings.  The settings
 * show what is announced here too, but are never read: anybody may set them.
 *
 * The first change of that session that is audited takes the announcement.
 * What a user's trigger changes on the way, another session or the same one
 * again, is audited as a change of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "announcement.h"
#include "compat.h"

char	   *announcement_operation_setting = NULL;
char	   *announcement_reason_setting = NULL;

/*
 * An announcement, allocated in TopTransactionContext.  Nested calls have
 * their own.  That one is made, or taken, is undone with the subtransaction
 * in which it happened.
 */
typedef struct Announcement
{
	struct Announcement *outer;
	int			nestlevel;		/* of the transaction that made it */
	int			taken_nestlevel;	/* of the one that took it; 0: none */
	const char *operation;		/* a constant */
	char	   *session_id;
	char	   *reason;			/* may be NULL */
} Announcement;

/* The innermost announcement; NULL if there is none. */
static Announcement *announced = NULL;

static void
announcement_end_transaction(XactEvent event, void *arg)
{
	announced = NULL;			/* the memory goes with the transaction */
}

static void
announcement_end_subtransaction(SubXactEvent event, SubTransactionId mySubid,
								SubTransactionId parentSubid, void *arg)
{
	int			nestlevel = GetCurrentTransactionNestLevel();

	if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (announced && announced->nestlevel >= nestlevel)
		announced = announced->outer;
	for (Announcement *each = announced; each; each = each->outer)
	{
		if (each->taken_nestlevel == nestlevel)
			each->taken_nestlevel =
				event == SUBXACT_EVENT_COMMIT_SUB ? nestlevel - 1 : 0;
	}
}

/*
 * Announce who changes which session, and why; reason may be NULL.
 *
 * Returns what announcement_end() takes.  An error ends the announcement with
 * the subtransaction.
 */
int
announcement_begin(const char *operation, text *session_id, text *reason)
{
	static bool registered = false;
	MemoryContext oldcontext;
	Announcement *announcement;

	if (!registered)
	{
		RegisterXactCallback(announcement_end_transaction, NULL);
		RegisterSubXactCallback(announcement_end_subtransaction, NULL);
		registered = true;
	}

	/* If an error ends it, its memory goes with the subtransaction */
	oldcontext = MemoryContextSwitchTo(CurTransactionContext);
	announcement = palloc_object(Announcement);
	announcement->outer = announced;
	announcement->nestlevel = GetCurrentTransactionNestLevel();
	announcement->taken_nestlevel = 0;
	announcement->operation = operation;
	announcement->session_id = text_to_cstring(session_id);
	announcement->reason = reason && VARSIZE_ANY_EXHDR(reason) > 0 ?
		text_to_cstring(reason) : NULL;
	MemoryContextSwitchTo(oldcontext);

	announced = announcement;
	compat_injection_point("botsession-announced");
	return announcement->nestlevel;
}

/*
 * End the announcement that was made last.
 */
void
announcement_end(int nestlevel)
{
	Announcement *announcement = announced;

	Assert(announcement && announcement->nestlevel == nestlevel);
	announced = announcement->outer;
	pfree(announcement->session_id);
	if (announcement->reason)
		pfree(announcement->reason);
	pfree(announcement);
}

/*
 * Returns true if there is an announcement that was not taken yet.
 */
bool
announcement_is_pending(void)
{
	return announced && announced->taken_nestlevel == 0;
}

/*
 * Returns the operation that is announced for a session and not taken yet, or
 * NULL.
 */
const char *
announcement_operation(const char *session_id)
{
	if (!announcement_is_pending() || session_id == NULL ||
		strcmp(announced->session_id, session_id) != 0)
		return NULL;
	return announced->operation;
}

/*
 * Take the announcement.  Returns its reason, allocated in the current
 * context, or NULL.
 */
char *
announcement_take(void)
{
	announced->taken_nestlevel = GetCurrentTransactionNestLevel();
	return announced->reason ? pstrdup(announced->reason) : NULL;
}

/*
 * What setting botsession.operation shows: what is announced, or else what it
 * was set to.
 */
const char *
announcement_show_operation(void)
{
	if (announcement_is_pending())
		return psprintf("%s %s", announced->operation, announced->session_id);
	if (announced || announcement_operation_setting == NULL)
		return "";
	return announcement_operation_setting;
}

/*
 * What setting botsession.reason shows.
 */
const char *
announcement_show_reason(void)
{
	if (announced)
		return announced->reason ? announced->reason : "";
	return announcement_reason_setting ? announcement_reason_setting : "";
}
