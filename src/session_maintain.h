/*-------------------------------------------------------------------------
 *
 * session_maintain.h
 *		What holds of every row of table bot_sessions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_MAINTAIN_H
#define SESSION_MAINTAIN_H

#include "session_row.h"

extern void session_maintain(const SessionRow *before, SessionRow *row);

#endif							/* SESSION_MAINTAIN_H */
