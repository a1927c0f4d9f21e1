/*-------------------------------------------------------------------------
 *
 * touch.h
 *		What a touch makes of a session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TOUCH_H
#define TOUCH_H

#include "session_row.h"

extern void touch_set(SessionChanges *changes, text *last_message,
					  text *qr_data);
extern bool touch_is_refused(text *qr_data, const SessionRow *before);

#endif							/* TOUCH_H */
