/*-------------------------------------------------------------------------
 *
 * session_cache.h
 *		What is known of table bot_sessions, where it is accessed without a
 *		statement.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_CACHE_H
#define SESSION_CACHE_H

#include "direct_table.h"
#include "session_row.h"

/* Columns are bits, 1 << SessionColumn. */
typedef struct SessionCacheEntry
{
	TableCacheEntry table;
	AttrNumber	attnums[NUM_SESSION_COLUMNS];
	Oid			key;			/* index of the primary key */
	int			key_columns;	/* that foreign keys can refer to */
	bool		has_dropped_columns;

	/* What fires on an update, with session_replication_role as it was */
	int			replication_role;
	bool		maintained;		/* by bot_session_maintain */
	bool		audited;		/* by bot_session_audit */
	Oid			audit_trigger;	/* if audited */
	bool		referenced;		/* by foreign keys of other tables */
	bool		referencing;	/* has foreign keys of its own */
	bool		has_user_after_triggers;
} SessionCacheEntry;

extern void session_cache_init(PGFunction maintain, PGFunction audit);
extern const SessionCacheEntry *session_cache_open(DirectTable *table,
												   Oid schema,
												   LOCKMODE lockmode);
extern bool session_cache_is_current(const SessionCacheEntry *entry);
extern void session_cache_refuse(const char *why_not);
extern bool session_cache_fires_triggers(const SessionCacheEntry *entry,
										 int columns);

#endif							/* SESSION_CACHE_H */
