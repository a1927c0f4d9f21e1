/*-------------------------------------------------------------------------
 *
 * botsession.h
 *		What the files of the extension share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BOTSESSION_H
#define BOTSESSION_H

#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#define SESSION_ID_MAX_LENGTH	255 /* characters */

/* A column that we need, by name since users add and drop others */
typedef struct ColumnInfo
{
	const char *name;
	Oid			type;
} ColumnInfo;

/*
 * PostgREST takes the HTTP status from these, and the reason phrase from the
 * message: that is a constant, and what the caller sent stays in the detail.
 */
#define ERRCODE_SESSION_NOT_FOUND	MAKE_SQLSTATE('P', 'T', '4', '0', '4')
#define ERRCODE_SESSION_CONFLICT	MAKE_SQLSTATE('P', 'T', '4', '0', '9')

/* Clients that fetch a bigint as text send it as text */
#define FENCE_HINT	"A fence is a JSON number: 42 and not \"42\"."

/* arguments.c */
extern bool session_id_is_valid(const char *session_id, int nbytes);
extern text *get_session_id(FunctionCallInfo fcinfo, int argno);
extern text *get_worker(FunctionCallInfo fcinfo, int argno);
extern bool json_fence(const JsonbValue *value, int64 *fence);
extern text *get_text_or_null(FunctionCallInfo fcinfo, int argno);
extern int32 get_positive_int32(FunctionCallInfo fcinfo, int argno,
								const char *name);
extern Interval *get_positive_interval(FunctionCallInfo fcinfo, int argno,
									   const char *name);

/* audit.c */
extern char *audit_operation;
extern char *audit_reason;

extern int	audit_begin(const char *operation, text *session_id, text *reason);
extern void audit_end(int nestlevel);
extern const char *audit_show_operation(void);
extern const char *audit_show_reason(void);

/* trigger.c */
extern TriggerData *check_trigger_call(FunctionCallInfo fcinfo,
									   const char *name, const char *table,
									   TriggerEvent timing,
									   const char *expected);

#endif							/* BOTSESSION_H */
