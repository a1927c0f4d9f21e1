/*-------------------------------------------------------------------------
 *
 * compat.h
 *		The differences between the supported server versions, all of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BOTSESSION_COMPAT_H
#define BOTSESSION_COMPAT_H

#include "access/genam.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "parser/parse_relation.h"
#include "utils/rel.h"

#if PG_VERSION_NUM < 150000
#error "botsession needs PostgreSQL 15 or later"
#endif

/* 18 shows the name and version of a module in pg_get_loaded_modules() */
#if PG_VERSION_NUM >= 180000
#define BOTSESSION_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "botsession", .version = BOTSESSION_VERSION)
#else
#define BOTSESSION_MODULE_MAGIC		PG_MODULE_MAGIC
#endif

/* 18 counts the index searches of a scan for EXPLAIN */
#if PG_VERSION_NUM >= 180000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* 16 took what a statement needs permission for out of the range table */
#if PG_VERSION_NUM >= 160000
typedef RTEPermissionInfo CompatPermissions;
#else
typedef RangeTblEntry CompatPermissions;
#endif

/*
 * Give an executor state a range table of one relation.
 */
static inline CompatPermissions *
compat_init_range_table(EState *estate, Relation rel)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	CompatPermissions *permissions;

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(rel);
	rte->relkind = rel->rd_rel->relkind;
	rte->rellockmode = RowExclusiveLock;

#if PG_VERSION_NUM >= 160000
	{
		List	   *perminfos = NIL;

		permissions = addRTEPermissionInfo(&perminfos, rte);
#if PG_VERSION_NUM >= 180000
		ExecInitRangeTable(estate, list_make1(rte), perminfos,
						   bms_make_singleton(1));
#else
		ExecInitRangeTable(estate, list_make1(rte), perminfos);
#endif
	}
#else
	permissions = rte;
	ExecInitRangeTable(estate, list_make1(rte));
#endif
	return permissions;
}

/*
 * Check the permissions for the range table, hooks included.
 */
static inline void
compat_check_permissions(EState *estate)
{
#if PG_VERSION_NUM >= 160000
	ExecCheckPermissions(estate->es_range_table, estate->es_rteperminfos, true);
#else
	ExecCheckRTPerms(estate->es_range_table, true);
#endif
}

#endif							/* BOTSESSION_COMPAT_H */
