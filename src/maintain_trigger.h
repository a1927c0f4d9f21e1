/*-------------------------------------------------------------------------
 *
 * maintain_trigger.h
 *		Trigger function bot_session_maintain.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MAINTAIN_TRIGGER_H
#define MAINTAIN_TRIGGER_H

#include "fmgr.h"

extern PGDLLEXPORT Datum bot_session_maintain(PG_FUNCTION_ARGS);

#endif							/* MAINTAIN_TRIGGER_H */
