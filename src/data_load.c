/*-------------------------------------------------------------------------
 *
 * data_load.c
 *		Reading table bot_session_data, as JSON.
 *
 * All rows are read by one snapshot, by a statement or directly: a save is seen
 * whole or not at all.  The JSON looks as json_object_agg() writes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "compat.h"
#include "data_direct.h"
#include "data_load.h"
#include "data_spi.h"
#include "json_string.h"
#include "schema.h"

#define COLUMN_LIST		"d.kind, d.key, d.value"
#define GIVEN \
	"rows from (pg_catalog.unnest((select $2)), pg_catalog.unnest((select $3)))" \
	" as g (kind, key)"
#define OF_SESSION \
	" from " DATA_TABLE " where d.session_id operator(pg_catalog.=) $1"
#define OF_KIND			OF_SESSION " and d.kind operator(pg_catalog.=) g.kind"

/* Those that are named, each looked up by the index of the primary key */
#define READ_KEYS \
	"select one.kind, one.key, one.value from " GIVEN \
	" cross join lateral (select " COLUMN_LIST OF_KIND \
	" and d.key operator(pg_catalog.=) g.key limit 1) as one"
#define READ_KINDS \
	"select every.kind, every.key, every.value from " GIVEN \
	" cross join lateral (select " COLUMN_LIST OF_KIND \
	" offset 0) as every where g.key is null"

#define LOAD_MAX_ROOM	(1024 * 1024)

/* What is read of a row; points into the tuple. */
typedef struct LoadedRow
{
	text	   *kind;
	text	   *key;
	text	   *value;
} LoadedRow;

/*
 * Compare two texts byte by byte.
 */
static int
text_compare(const text *a, const text *b)
{
	int			na = VARSIZE_ANY_EXHDR(a);
	int			nb = VARSIZE_ANY_EXHDR(b);
	int			result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(na, nb));

	return result != 0 ? result : na - nb;
}

static int
loaded_row_compare(const void *a, const void *b)
{
	const LoadedRow *row_a = a;
	const LoadedRow *row_b = b;
	int			result = text_compare(row_a->kind, row_b->kind);

	return result != 0 ? result : text_compare(row_a->key, row_b->key);
}

/*
 * The JSON of rows that come sorted by kind and key.  It begins with the header
 * of a text, to be filled in at its end.
 */
typedef struct JsonRows
{
	StringInfoData json;
	const text *kind;			/* of the last row, or NULL */
	const text *key;
} JsonRows;

static void
json_rows_begin(JsonRows *rows)
{
	initStringInfo(&rows->json);
	appendStringInfoSpaces(&rows->json, VARHDRSZ);
	rows->kind = NULL;
	rows->key = NULL;
}

/*
 * Append a row to an object of objects.
 */
static void
json_rows_append(JsonRows *rows, const text *kind, const text *key,
				 const text *value)
{
	StringInfo	json = &rows->json;

	if (rows->kind && text_compare(kind, rows->kind) == 0)
		appendStringInfoString(json, ", ");
	else
	{
		appendStringInfoString(json, rows->kind ? " }, " : "{ ");
		json_append_text(json, kind);
		appendStringInfoString(json, " : { ");
	}
	json_append_text(json, key);
	appendStringInfoString(json, " : ");
	json_append_text(json, value);
	rows->kind = kind;
	rows->key = key;
}

/*
 * Returns true if a row is the last one once more: one that was named twice.
 */
static bool
json_rows_is_last(const JsonRows *rows, const text *kind, const text *key)
{
	return rows->kind && text_compare(kind, rows->kind) == 0 &&
		text_compare(key, rows->key) == 0;
}

static text *
json_rows_end(JsonRows *rows)
{
	text	   *result;

	appendStringInfoString(&rows->json, rows->kind ? " } }" : "{}");
	result = (text *) rows->json.data;
	SET_VARSIZE(result, rows->json.len);
	return result;
}

/*
 * Read the rows of a session that are named, or all if keys is NULL.
 */
static void
data_load_execute(SpiCall *call, text *session_id, const DataEntries *keys)
{
	static KeptPlan all_plan;
	static KeptPlan keys_plan;
	static KeptPlan kinds_plan;
	Oid			argtypes[] = {TEXTOID, TEXTARRAYOID, TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(session_id), (Datum) 0, (Datum) 0};
	Datum	   *kinds;
	Datum	   *names;

	if (keys == NULL)
	{
		data_spi_execute(call, &all_plan, "select " COLUMN_LIST OF_SESSION,
						 1, argtypes, values);
		return;
	}

	kinds = palloc_array(Datum, keys->n);
	names = palloc_array(Datum, keys->n);
	for (int i = 0; i < keys->n; i++)
	{
		kinds[i] = PointerGetDatum(keys->entries[i].kind);
		names[i] = PointerGetDatum(keys->entries[i].key);
	}
	values[1] = data_spi_array(kinds, keys->n);
	values[2] = data_spi_array(names, keys->n);
	if (keys->nkinds == 0)
		data_spi_execute(call, &keys_plan, READ_KEYS,
						 lengthof(argtypes), argtypes, values);
	else
		data_spi_execute(call, &kinds_plan,
						 READ_KEYS " union all " READ_KINDS,
						 lengthof(argtypes), argtypes, values);
}

/*
 * Returns a value of a row, which must not be NULL.  It may point into the row.
 */
static text *
loaded_text(Datum value, bool isnull, const char *column)
{
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"%s\" of %s must not be null",
						column, DATA_TABLE_NAME),
				 errhint(MIGRATION_HINT)));
	return DatumGetTextPP(value);
}

static int
data_entry_compare(const void *a, const void *b)
{
	const DataEntry *entry_a = a;
	const DataEntry *entry_b = b;
	int			result = text_compare(entry_a->kind, entry_b->kind);

	return result != 0 ? result : text_compare(entry_a->key, entry_b->key);
}

/*
 * Load the rows that are named without a statement, each by the index of the
 * primary key.
 */
static text *
data_load_direct(DataDirect *direct, text *session_id, DataEntries *keys)
{
	JsonRows	rows;

	qsort(keys->entries, keys->n, sizeof(DataEntry), data_entry_compare);
	json_rows_begin(&rows);
	for (int i = 0; i < keys->n; i++)
	{
		const DataEntry *entry = &keys->entries[i];
		bool		first = rows.kind == NULL;
		Datum		value;
		bool		isnull;

		if (json_rows_is_last(&rows, entry->kind, entry->key) ||
			!data_direct_read(direct, session_id, entry, &value, &isnull))
			continue;
		json_rows_append(&rows, entry->kind, entry->key,
						 loaded_text(value, isnull, "value"));
		/* Room for others of that length: less is copied while it grows */
		if (first)
			enlargeStringInfo(&rows.json,
							  Min((int64) rows.json.len * (keys->n - i),
								  LOAD_MAX_ROOM));
		compat_injection_point("botsession-data-read");
	}
	return json_rows_end(&rows);
}

/*
 * Load the rows that are named, or all if keys is NULL, by a statement.
 */
static text *
data_load_spi(SpiCall *call, text *session_id, const DataEntries *keys)
{
	static const ColumnInfo columns[] = {
		{"kind", TEXTOID},
		{"key", TEXTOID},
		{"value", TEXTOID}
	};
	JsonRows	json;
	LoadedRow  *rows;
	int			n;

	data_load_execute(call, session_id, keys);
	for (Size i = 0; i < lengthof(columns); i++)
		column_require_type(&columns[i], DATA_TABLE_NAME,
							SPI_gettypeid(SPI_tuptable->tupdesc, i + 1));

	n = (int) SPI_processed;
	rows = palloc_array(LoadedRow, n);
	for (int i = 0; i < n; i++)
	{
		text	   *values[lengthof(columns)];

		for (Size j = 0; j < lengthof(columns); j++)
		{
			bool		isnull;
			Datum		value = SPI_getbinval(SPI_tuptable->vals[i],
											  SPI_tuptable->tupdesc, j + 1,
											  &isnull);

			values[j] = loaded_text(value, isnull, columns[j].name);
		}
		rows[i].kind = values[0];
		rows[i].key = values[1];
		rows[i].value = values[2];
	}
	qsort(rows, n, sizeof(LoadedRow), loaded_row_compare);

	json_rows_begin(&json);
	for (int i = 0; i < n; i++)
	{
		if (!json_rows_is_last(&json, rows[i].kind, rows[i].key))
			json_rows_append(&json, rows[i].kind, rows[i].key, rows[i].value);
	}
	SPI_freetuptable(SPI_tuptable);
	return json_rows_end(&json);
}

/*
 * Returns the rows of a session that are named, or all if keys is NULL, as
 * JSON, {kind: {key: value, ...}, ...}, allocated in the current context.
 *
 * This sorts the keys.
 */
text *
data_load(SpiCall *call, text *session_id, DataEntries *keys)
{
	DataDirect *direct = NULL;
	text	   *result;

	if (keys && keys->nkinds == 0)
		direct = data_direct_open_to_read(call->schema);
	if (direct)
	{
		result = data_load_direct(direct, session_id, keys);
		data_direct_close(direct);
	}
	else
		result = data_load_spi(call, session_id, keys);
	compat_injection_point("botsession-data-loaded");
	return result;
}
