/*-------------------------------------------------------------------------
 *
 * audit_trigger.h
 *		Trigger function bot_session_audit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AUDIT_TRIGGER_H
#define AUDIT_TRIGGER_H

#include "fmgr.h"

extern PGDLLEXPORT Datum bot_session_audit(PG_FUNCTION_ARGS);

#endif							/* AUDIT_TRIGGER_H */
