/*-------------------------------------------------------------------------
 *
 * events.h
 *		Table bot_session_events, the audit trail.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EVENTS_H
#define EVENTS_H

extern void event_write(Oid schema, const char *session_id, const char *kind,
						const char *reason);

#endif							/* EVENTS_H */
