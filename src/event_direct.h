/*-------------------------------------------------------------------------
 *
 * event_direct.h
 *		Insertion into table bot_session_events without a statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EVENT_DIRECT_H
#define EVENT_DIRECT_H

#include "schema.h"

/* The columns of an event that we set; event_id is the server's. */
typedef enum EventColumn
{
	EVENT_SESSION_ID,
	EVENT_KIND,
	EVENT_REASON,
	EVENT_ACTOR_ROLE,
	EVENT_ACTOR_SUB,
	EVENT_HAPPENED_AT
} EventColumn;

#define NUM_EVENT_COLUMNS	(EVENT_HAPPENED_AT + 1)

extern const ColumnInfo event_columns[NUM_EVENT_COLUMNS];

extern bool event_is_direct(Oid schema);
extern bool event_direct_insert(Oid schema, const Datum *values,
								const bool *isnull);

#endif							/* EVENT_DIRECT_H */
