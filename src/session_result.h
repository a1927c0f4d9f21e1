/*-------------------------------------------------------------------------
 *
 * session_result.h
 *		Sessions as values of type bot_session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_RESULT_H
#define SESSION_RESULT_H

#include "fmgr.h"
#include "nodes/execnodes.h"

#include "session_row.h"

extern Datum session_result(FunctionCallInfo fcinfo, const SessionRow *row,
							const SessionRow *before, const int64 *fence);
extern ReturnSetInfo *session_results_begin(FunctionCallInfo fcinfo);
extern void session_results_put(ReturnSetInfo *results, const SessionRow *row,
								const SessionRow *before, const int64 *fence);

#endif							/* SESSION_RESULT_H */
