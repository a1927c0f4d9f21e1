/*-------------------------------------------------------------------------
 *
 * botsession.c
 *		Module set-up and settings.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/guc.h"

#include "announcement.h"
#include "audit_trigger.h"
#include "compat.h"
#include "maintain_trigger.h"
#include "session_cache.h"
#include "table_cache.h"

BOTSESSION_MODULE_MAGIC;

void		_PG_init(void);

static char *migration_edition = NULL;

static void
define_shown_string(const char *name, const char *description, char **value,
					GucShowHook show_hook)
{
	DefineCustomStringVariable(name, description, NULL, value, "",
							   PGC_USERSET,
							   GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE |
							   GUC_DISALLOW_IN_FILE,
							   NULL, NULL, show_hook);
}

void
_PG_init(void)
{
	session_cache_init(bot_session_maintain, bot_session_audit);

	/* To compare the two ways to the rows, and to switch one off if it fails */
	DefineCustomBoolVariable("botsession.direct_access",
							 "Reads and writes ordinary tables without a statement; off sends every call through SPI.",
							 NULL, &direct_access_enabled, true,
							 PGC_USERSET, 0, NULL, NULL, NULL);

	/* Carry what a function does, and why, to the audit trigger */
	define_shown_string("botsession.operation",
						"The function at work and its session, for the audit trail.",
						&announcement_operation_setting,
						announcement_show_operation);
	define_shown_string("botsession.reason",
						"The reason of the change under way, for the audit trail.",
						&announcement_reason_setting,
						announcement_show_reason);

	/* Read by the migration; here because the prefix is ours alone */
	DefineCustomStringVariable("botsession.edition",
							   "The edition that create_bot_sessions.sql installs: c, plpgsql, or empty for the best there is.",
							   NULL, &migration_edition, "",
							   PGC_USERSET, GUC_NOT_IN_SAMPLE,
							   NULL, NULL, NULL);

	MarkGUCPrefixReserved("botsession");
}
