/*-------------------------------------------------------------------------
 *
 * triggers.h
 *		What the triggers of bot_sessions do, for those who do it in place.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRIGGERS_H
#define TRIGGERS_H

#include "fmgr.h"

#include "session_table.h"

/* maintain.c */
extern PGDLLEXPORT Datum bot_session_maintain(PG_FUNCTION_ARGS);
extern void maintain_row(const SessionRow *before, SessionRow *row);

/* audit.c */
extern PGDLLEXPORT Datum bot_session_audit(PG_FUNCTION_ARGS);
extern bool audit_concerns(const SessionRow *before, const SessionRow *after);
extern bool audit_fires_triggers(Oid schema, const SessionRow *after);
extern void audit_change(Oid schema, const SessionRow *before,
						 const SessionRow *after);

/* lease_audit.c */
extern void lease_end(Oid schema, const char *session_id);

#endif							/* TRIGGERS_H */
