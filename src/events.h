/*-------------------------------------------------------------------------
 *
 * events.h
 *		Table bot_session_events, the audit trail.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "botsession.h"

#define EVENT_TABLE_NAME	"bot_session_events"

/* The columns of an event that we set; event_id is the server's. */
typedef enum EventColumn
{
	EVENT_SESSION_ID,
	EVENT_EVENT,
	EVENT_REASON,
	EVENT_ACTOR_ROLE,
	EVENT_ACTOR_SUB,
	EVENT_HAPPENED_AT
} EventColumn;

#define NUM_EVENT_COLUMNS	(EVENT_HAPPENED_AT + 1)

/* audit.c */
extern const ColumnInfo event_columns[NUM_EVENT_COLUMNS];
extern void write_event(Oid schema, const char *session_id, const char *event,
						const char *reason);

/* event_direct.c */
extern bool event_is_direct(Oid schema);
extern bool event_insert_direct(Oid schema, const Datum *values,
								const bool *isnull);

#endif							/* EVENTS_H */
