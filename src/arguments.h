/*-------------------------------------------------------------------------
 *
 * arguments.h
 *		Checks of the arguments of the SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "fmgr.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#define SESSION_ID_MAX_LENGTH	255 /* characters */

/* Clients that fetch a bigint as text send it as text */
#define FENCE_HINT	"A fence is a JSON number: 42 and not \"42\"."

extern bool session_id_is_valid(const char *session_id, int nbytes);
extern text *get_session_id(FunctionCallInfo fcinfo, int argno);
extern text *get_worker(FunctionCallInfo fcinfo, int argno);
extern text *get_text_or_null(FunctionCallInfo fcinfo, int argno);
extern const int64 *get_fence_or_null(FunctionCallInfo fcinfo, int argno);
extern int32 get_positive_int32(FunctionCallInfo fcinfo, int argno,
								const char *name);
extern Interval *get_positive_interval(FunctionCallInfo fcinfo, int argno,
									   const char *name);
extern bool json_fence(const JsonbValue *value, int64 *fence);

#endif							/* ARGUMENTS_H */
