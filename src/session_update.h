/*-------------------------------------------------------------------------
 *
 * session_update.h
 *		Updates of the rows of table bot_sessions without a statement.
 *
 * All are called between session_direct_begin() and session_direct_end().
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_UPDATE_H
#define SESSION_UPDATE_H

#include "session_direct.h"

extern bool session_update_find_again(SessionDirect *direct, text *session_id,
									  SessionRow *row);
extern void session_update_check_columns(SessionDirect *direct, int columns);
extern bool session_update_write(SessionDirect *direct, int columns,
								 const SessionRow *row, bool queue_audit);
extern void session_update_fire_triggers(SessionDirect *direct);

#endif							/* SESSION_UPDATE_H */
