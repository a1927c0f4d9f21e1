/*-------------------------------------------------------------------------
 *
 * session_audit.h
 *		Which event a change of a session is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_AUDIT_H
#define SESSION_AUDIT_H

#include "session_cache.h"
#include "session_row.h"

extern bool session_audit_concerns(int audits, int columns,
								   const SessionRow *before,
								   const SessionRow *after);
extern bool session_audit_fires_triggers(Oid schema, const SessionRow *after);
extern void session_audit_change(Oid schema, const SessionRow *before,
								 const SessionRow *after);

#endif							/* SESSION_AUDIT_H */
