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
#include "access/heapam.h"
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "catalog/pg_namespace.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "parser/parse_relation.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/rel.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
#if PG_VERSION_NUM >= 170000
#include "utils/injection_point.h"
#endif

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

/* 18 says of a function that it does not return in front of its declaration */
#if PG_VERSION_NUM < 180000
#define pg_noreturn		__attribute__((noreturn))
#endif

/* 18 counts the index searches of a scan for EXPLAIN, 19 wants flags */
#if PG_VERSION_NUM >= 190000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0, SO_NONE)
#elif PG_VERSION_NUM >= 180000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* 17 takes the relation, for the sake of partitions */
#if PG_VERSION_NUM >= 170000
#define compat_identity_sequence(rel, attnum) \
	getIdentitySequence(rel, attnum, false)
#else
#define compat_identity_sequence(rel, attnum) \
	getIdentitySequence(RelationGetRelid(rel), attnum, false)
#endif

/* 16 made one function of those for each kind of object */
#if PG_VERSION_NUM >= 160000
#define compat_schema_aclcheck(schema, role, mode) \
	object_aclcheck(NamespaceRelationId, schema, role, mode)
#else
#define compat_schema_aclcheck(schema, role, mode) \
	pg_namespace_aclcheck(schema, role, mode)
#endif

/*
 * 16 tells an update that concerns only summarizing indexes, as BRIN is; 19 has
 * flags for that, and takes options of an update.
 */
#if PG_VERSION_NUM >= 190000
typedef TU_UpdateIndexes CompatUpdateIndexes;
#define compat_any_index(update_indexes)	((update_indexes) != TU_None)
#define compat_insert_index_tuples(relinfo, slot, estate, update_indexes) \
	ExecInsertIndexTuples(relinfo, estate, \
						  EIIT_IS_UPDATE | \
						  ((update_indexes) == TU_Summarizing ? EIIT_ONLY_SUMMARIZING : 0), \
						  slot, NIL, NULL)
#define compat_insert_new_index_tuples(relinfo, slot, estate, conflict) \
	ExecInsertIndexTuples(relinfo, estate, EIIT_NO_DUPE_ERROR, slot, NIL, \
						  conflict)
#elif PG_VERSION_NUM >= 160000
typedef TU_UpdateIndexes CompatUpdateIndexes;
#define compat_any_index(update_indexes)	((update_indexes) != TU_None)
#define compat_insert_index_tuples(relinfo, slot, estate, update_indexes) \
	ExecInsertIndexTuples(relinfo, slot, estate, true, false, NULL, NIL, \
						  (update_indexes) == TU_Summarizing)
#define compat_insert_new_index_tuples(relinfo, slot, estate, conflict) \
	ExecInsertIndexTuples(relinfo, slot, estate, false, true, conflict, NIL, \
						  false)
#else
typedef bool CompatUpdateIndexes;
#define compat_any_index(update_indexes)	(update_indexes)
#define compat_insert_index_tuples(relinfo, slot, estate, update_indexes) \
	ExecInsertIndexTuples(relinfo, slot, estate, true, false, NULL, NIL)
#define compat_insert_new_index_tuples(relinfo, slot, estate, conflict) \
	ExecInsertIndexTuples(relinfo, slot, estate, false, true, conflict, NIL)
#endif

static inline TM_Result
compat_tuple_update(Relation rel, ItemPointer tid, TupleTableSlot *slot,
					CommandId cid, Snapshot snapshot, TM_FailureData *failure,
					LockTupleMode *lockmode,
					CompatUpdateIndexes *update_indexes)
{
#if PG_VERSION_NUM >= 190000
	return table_tuple_update(rel, tid, slot, cid, 0, snapshot, InvalidSnapshot,
							  true, failure, lockmode, update_indexes);
#else
	return table_tuple_update(rel, tid, slot, cid, snapshot, InvalidSnapshot,
							  true, failure, lockmode, update_indexes);
#endif
}

/* 19 sets bits of the visibility map while it frees a page from dead versions */
static inline void
compat_page_prune(Relation rel, Buffer buffer)
{
#if PG_VERSION_NUM >= 190000
	Buffer		vmbuffer = InvalidBuffer;

	heap_page_prune_opt(rel, buffer, &vmbuffer, false);
	if (BufferIsValid(vmbuffer))
		ReleaseBuffer(vmbuffer);
#else
	heap_page_prune_opt(rel, buffer);
#endif
}

/* 16 took what a statement needs permission for out of the range table */
#if PG_VERSION_NUM >= 160000
typedef RTEPermissionInfo CompatPermissions;
#else
typedef RangeTblEntry CompatPermissions;
#endif

/*
 * A place where test/t/injection.pl makes a call fail or wait: nothing at all
 * unless a server of 17 or later is built with injection points.
 */
#if PG_VERSION_NUM >= 180000
#define compat_injection_point(name)	INJECTION_POINT(name, NULL)
#elif PG_VERSION_NUM >= 170000
#define compat_injection_point(name)	INJECTION_POINT(name)
#else
#define compat_injection_point(name)	((void) (name))
#endif

/* A range table of one relation. */
typedef struct CompatRangeTable
{
	List	   *entries;
	List	   *perminfos;
	CompatPermissions *permissions;
} CompatRangeTable;

static inline void
compat_make_range_table(CompatRangeTable *range, Relation rel)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(rel);
	rte->relkind = rel->rd_rel->relkind;
	rte->rellockmode = RowExclusiveLock;
	range->entries = list_make1(rte);
	range->perminfos = NIL;
#if PG_VERSION_NUM >= 160000
	range->permissions = addRTEPermissionInfo(&range->perminfos, rte);
#else
	range->permissions = rte;
#endif
}

static inline void
compat_init_range_table(EState *estate, const CompatRangeTable *range)
{
#if PG_VERSION_NUM >= 180000
	ExecInitRangeTable(estate, range->entries, range->perminfos,
					   bms_make_singleton(1));
#elif PG_VERSION_NUM >= 160000
	ExecInitRangeTable(estate, range->entries, range->perminfos);
#else
	ExecInitRangeTable(estate, range->entries);
#endif
}

/*
 * Check the permissions for a range table, hooks included.
 */
static inline void
compat_check_permissions(const CompatRangeTable *range)
{
#if PG_VERSION_NUM >= 160000
	ExecCheckPermissions(range->entries, range->perminfos, true);
#else
	ExecCheckRTPerms(range->entries, true);
#endif
}

#endif							/* BOTSESSION_COMPAT_H */
