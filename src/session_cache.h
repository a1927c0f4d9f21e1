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

/* What the triggers of bot_session_audit fire for, as bits */
#define AUDITS_CHANGES	0x01	/* updates that change the status */
#define AUDITS_STARTS	0x02	/* updates that set it to what it was */
#define NUM_AUDIT_TRIGGERS	2

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
	int			audits;			/* what bot_session_audit fires for */
	Oid			audit_triggers[NUM_AUDIT_TRIGGERS]; /* InvalidOid: none */
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
