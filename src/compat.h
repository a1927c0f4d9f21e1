/*-------------------------------------------------------------------------
 *
 * compat.h
 *		The differences between the supported server versions, all of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BOTSESSION_COMPAT_H
#define BOTSESSION_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "botsession needs PostgreSQL 15 or later"
#endif

/* 18 shows the name and version of a loaded module in pg_get_loaded_modules() */
#if PG_VERSION_NUM >= 180000
#define BOTSESSION_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "botsession", .version = BOTSESSION_VERSION)
#else
#define BOTSESSION_MODULE_MAGIC		PG_MODULE_MAGIC
#endif

#endif							/* BOTSESSION_COMPAT_H */
