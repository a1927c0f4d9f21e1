/*-------------------------------------------------------------------------
 *
 * data_table.c
 *		Access to the rows of table bot_session_data.
 *
 * Rows are updated and inserted directly, without a statement, where that is
 * known to do what the statement would do.  What remains of a save is up to four
 * statements, each for all rows of its sort: rows that are there are updated,
 * others inserted, keys deleted, kinds deleted.  What is
 * written comes before what is deleted: a session that is given other data
 * never was without any.
 *
 * Each statement has one plan for all calls.  A subquery hides its arrays from
 * the planner, and a limit that the planner does not know makes it expect one
 * row, and look that up by the index of the primary key.  A plan made for the
 * average session would read all of a large one.
 *
 * Of a table with a page or two the planner may rather read all, and the plan
 * would go on to when the table has grown.  So each statement has one plan for
 * a small table and one for a large one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "announcement.h"
#include "compat.h"
#include "data_direct.h"
#include "data_spi.h"
#include "data_table.h"
#include "owner_switch.h"
#include "schema.h"

#define LARGE_TABLE_BLOCKS	8

#define CLOCK			"pg_catalog.clock_timestamp()"
#define GIVEN \
	"with given as (select * from rows from (" \
	"pg_catalog.unnest((select $1)), pg_catalog.unnest((select $2))," \
	" pg_catalog.unnest((select $3)), pg_catalog.unnest((select $4)))" \
	" as g (id, kind, key, value)" \
	" limit (select pg_catalog.cardinality($1)))"
#define SAME_KIND \
	"d.session_id operator(pg_catalog.=) g.id" \
	" and d.kind operator(pg_catalog.=) g.kind"
#define SAME_KEY		SAME_KIND " and d.key operator(pg_catalog.=) g.key"
#define RETURNING		" returning d.session_id"

/*
 * The arrays that a save gives its statements.
 */
typedef struct DataArrays
{
	Datum		values[4];		/* ids, kinds, keys, values */
	int			n;				/* entries */
	int			nvalues;		/* with a value */
	int			nkeys;			/* with a key, but no value */
	int			nkinds;			/* with neither */
} DataArrays;

/*
 * Fill the arrays with what is not written yet.
 */
static void
data_arrays_make(DataArrays *arrays, const DataSave *saves, int nsaves)
{
	Datum	   *texts[4];
	int			n = 0;

	memset(arrays, 0, sizeof(DataArrays));
	for (int i = 0; i < nsaves; i++)
		n += saves[i].data.n;
	for (Size i = 0; i < lengthof(texts); i++)
		texts[i] = palloc_array(Datum, n);
	n = 0;
	for (int i = 0; i < nsaves; i++)
	{
		for (int j = 0; j < saves[i].data.n; j++)
		{
			const DataEntry *entry = &saves[i].data.entries[j];

			if (entry->written)
				continue;
			texts[0][n] = PointerGetDatum(saves[i].session_id);
			texts[1][n] = PointerGetDatum(entry->kind);
			texts[2][n] = PointerGetDatum(entry->key);
			texts[3][n] = PointerGetDatum(entry->value);
			n++;
			if (entry->value)
				arrays->nvalues++;
			else if (entry->key)
				arrays->nkeys++;
			else
				arrays->nkinds++;
		}
	}
	arrays->n = n;
	if (n == 0)
		return;
	for (Size i = 0; i < lengthof(texts); i++)
		arrays->values[i] = data_spi_array(texts[i], n);
}

/*
 * Execute a statement of a save.  Adds the session_id of each row to *changed,
 * if that is wanted.  Returns how many rows there are.
 */
static int
data_execute_save(SpiCall *call, KeptPlan *kept, const char *sql,
				  DataArrays *arrays, List **changed)
{
	static const ColumnInfo session_id = {"session_id", TEXTOID};
	Oid			argtypes[] = {TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID};
	int			n;

	data_spi_execute(call, kept, sql, lengthof(argtypes), argtypes, arrays->values);
	n = (int) SPI_processed;
	column_require_type(&session_id, DATA_TABLE_NAME,
						SPI_gettypeid(SPI_tuptable->tupdesc, 1));
	for (int i = 0; changed && i < n; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i],
										  SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
			*changed = lappend(*changed, DatumGetTextPCopy(value));
	}
	SPI_freetuptable(SPI_tuptable);
	compat_injection_point("botsession-data-saved");
	return n;
}

/*
 * Returns true if the table has more than a few pages.  One that is partitioned
 * has none of its own.
 */
static bool
data_table_is_large(Oid schema)
{
	Relation	rel = table_open(table_lookup(schema, DATA_TABLE_NAME),
								 RowExclusiveLock);
	bool		large = RELKIND_HAS_STORAGE(rel->rd_rel->relkind) &&
		RelationGetNumberOfBlocks(rel) >= LARGE_TABLE_BLOCKS;

	table_close(rel, NoLock);
	return large;
}

/*
 * Update or insert those rows that can be written without a statement.
 * Returns how many were changed.  *nleft becomes the number of those that are
 * there, or may be, and are left to a statement.
 */
static int
data_save_direct(DataDirect *direct, DataSave *saves, int n, List **changed,
				 int *nleft)
{
	int			nwritten = 0;

	*nleft = 0;
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < saves[i].data.n; j++)
		{
			DataEntry  *entry = &saves[i].data.entries[j];
			DataWritten written;

			if (entry->value == NULL)
				continue;
			written = data_direct_update(direct, saves[i].session_id, entry);
			if (written == DATA_ABSENT)
				written = data_direct_insert(direct, saves[i].session_id, entry);
			entry->written = written != DATA_ABSENT && written != DATA_LEFT;
			if (written == DATA_LEFT)
				(*nleft)++;
			if (!entry->written || written == DATA_EQUAL)
				continue;
			nwritten++;
			if (changed)
				*changed = lappend(*changed, saves[i].session_id);
		}
	}
	return nwritten;
}

/*
 * Save what is not written yet, by statements.  update is false if none of the
 * rows is known to be there.
 */
static int
data_save_spi(SpiCall *call, DataArrays *arrays, bool update, List **changed)
{
	/* The index is whether the table is large */
	static KeptPlan update_plans[2];
	static KeptPlan insert_plans[2];
	static KeptPlan delete_keys_plans[2];
	static KeptPlan delete_kinds_plans[2];
	int			large = data_table_is_large(call->schema) ? 1 : 0;
	int			nwritten = 0;
	int			ndeleted = 0;

	if (arrays->nvalues > 0 && update)
		nwritten = data_execute_save(call, &update_plans[large],
									 GIVEN
									 " update " DATA_TABLE
									 " set value = g.value, updated_at = " CLOCK
									 " from given g where " SAME_KEY
									 " and d.value operator(pg_catalog.<>) g.value"
									 RETURNING,
									 arrays, changed);
	if (nwritten < arrays->nvalues)
		nwritten += data_execute_save(call, &insert_plans[large],
									  GIVEN
									  " insert into %1$s." DATA_TABLE_NAME " as d"
									  " (session_id, kind, key, value, updated_at)"
									  " select g.id, g.kind, g.key, g.value, " CLOCK
									  " from given g left join lateral ("
									  "select d.value from " DATA_TABLE
									  " where " SAME_KEY " limit 1) as old on true"
									  " where g.value operator(pg_catalog.<>) old.value"
									  " or g.value is not null and old.value is null"
									  " on conflict (session_id, kind, key) do update"
									  " set value = excluded.value, updated_at = " CLOCK
									  RETURNING,
									  arrays, changed);
	if (arrays->nkeys > 0)
		ndeleted = data_execute_save(call, &delete_keys_plans[large],
									 GIVEN
									 " delete from " DATA_TABLE " using given g"
									 " where " SAME_KEY " and g.value is null"
									 RETURNING,
									 arrays, changed);
	if (arrays->nkinds > 0)
		ndeleted += data_execute_save(call, &delete_kinds_plans[large],
									  GIVEN
									  " delete from " DATA_TABLE " using given g"
									  " where " SAME_KIND " and g.key is null"
									  RETURNING,
									  arrays, changed);
	return nwritten + ndeleted;
}

/*
 * Save what is given of different sessions.  Returns how many rows were
 * changed.  If changed is not NULL the session_id of each is added to it.
 *
 * A value that is the same is not written again.
 */
int
data_save(SpiCall *call, DataSave *saves, int n, List **changed)
{
	DataDirect *direct = NULL;
	DataArrays	arrays;
	int			nchanged = 0;
	int			nleft = 0;
	bool		values = false;

	for (int i = 0; i < n; i++)
		values |= saves[i].data.nvalues > 0;
	if (values)
		direct = data_direct_open_to_update(call->schema);
	if (direct)
	{
		nchanged = data_save_direct(direct, saves, n, changed, &nleft);
		data_direct_close(direct);
	}

	data_arrays_make(&arrays, saves, n);
	if (arrays.n > 0)
		nchanged += data_save_spi(call, &arrays, direct == NULL || nleft > 0,
								  changed);
	return nchanged;
}

/*
 * Delete all data of a session, for a reason that may be NULL.  Returns how
 * many rows there were.
 */
int
data_forget(SpiCall *call, text *session_id, text *reason)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(session_id)};
	int			nestlevel = announcement_begin(OPERATION_FORGET, session_id,
											   reason);

	data_spi_execute(call, &plan,
					 "delete from " DATA_TABLE
					 " where d.session_id operator(pg_catalog.=) $1",
					 lengthof(argtypes), argtypes, values);
	announcement_end(nestlevel);
	return (int) SPI_processed;
}

/*
 * Of these sessions find those that are there, and have no data.  This acts as
 * the owner of the table.  They are ordered by the bytes of session_id.
 */
int
data_find_forgotten(SpiCall *call, text **session_ids, int n,
					text ***forgotten)
{
	static KeptPlan plan;
	Oid			argtypes[] = {TEXTARRAYOID};
	Datum		values[] = {text_array(session_ids, n)};
	OwnerSwitch caller;
	int			nforgotten;

	owner_switch(&caller, call->schema,
				 table_lookup(call->schema, DATA_TABLE_NAME));
	nforgotten = spi_call_session_ids(call, &plan,
									  "select f.session_id from pg_catalog.unnest($1) as f (session_id)"
									  " where exists (select from %1$s." SESSION_TABLE_NAME " s"
									  " where s.session_id operator(pg_catalog.=) f.session_id)"
									  " and not exists (select from " DATA_TABLE
									  " where d.session_id operator(pg_catalog.=) f.session_id)"
									  " order by f.session_id collate pg_catalog.\"C\"",
									  lengthof(argtypes), argtypes, values,
									  forgotten);
	owner_switch_back(&caller);
	return nforgotten;
}
