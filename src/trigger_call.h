/*-------------------------------------------------------------------------
 *
 * trigger_call.h
 *		Checks that a trigger function is attached where it belongs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRIGGER_CALL_H
#define TRIGGER_CALL_H

#include "commands/trigger.h"
#include "fmgr.h"

extern TriggerData *check_trigger_call(FunctionCallInfo fcinfo,
									   const char *name, const char *table,
									   TriggerEvent timing,
									   const char *expected);
extern TriggerData *check_delete_statement_call(FunctionCallInfo fcinfo,
												const char *name,
												const char *table,
												const char *old_table,
												const char *expected);

#endif							/* TRIGGER_CALL_H */
