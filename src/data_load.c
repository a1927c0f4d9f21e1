/*-------------------------------------------------------------------------
 *
 * data_load.c
 *		Reading table bot_session_data, as JSON.
 *
 * All rows are read by one statement, which has one snapshot: a save is seen
 * whole or not at all.  The JSON looks as json_object_agg() writes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "compat.h"
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
 * Append the rows, sorted by kind and key, as an object of objects.  A row that
 * was named twice is there twice.
 */
static void
append_json_rows(StringInfo json, const LoadedRow *rows, int n)
{
	const LoadedRow *last = NULL;

	for (int i = 0; i < n; i++)
	{
		const LoadedRow *row = &rows[i];
		bool		same_kind = last && text_compare(row->kind, last->kind) == 0;

		if (same_kind && text_compare(row->key, last->key) == 0)
			continue;
		if (same_kind)
			appendStringInfoString(json, ", ");
		else
		{
			appendStringInfoString(json, last ? " }, " : "{ ");
			json_append_text(json, row->kind);
			appendStringInfoString(json, " : { ");
		}
		json_append_text(json, row->key);
		appendStringInfoString(json, " : ");
		json_append_text(json, row->value);
		last = row;
	}
	appendStringInfoString(json, last ? " } }" : "{}");
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
 * Returns the rows of a session that are named, or all if keys is NULL, as
 * JSON, {kind: {key: value, ...}, ...}, allocated in the current context.
 */
text *
data_load(SpiCall *call, text *session_id, const DataEntries *keys)
{
	static const ColumnInfo columns[] = {
		{"kind", TEXTOID},
		{"key", TEXTOID},
		{"value", TEXTOID}
	};
	StringInfoData json;
	LoadedRow  *rows;
	int			n;
	text	   *result;

	data_load_execute(call, session_id, keys);
	compat_injection_point("botsession-data-loaded");
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

			if (isnull)
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("column \"%s\" of %s must not be null",
								columns[j].name, DATA_TABLE_NAME),
						 errhint(MIGRATION_HINT)));
			values[j] = DatumGetTextPP(value);
		}
		rows[i].kind = values[0];
		rows[i].key = values[1];
		rows[i].value = values[2];
	}
	qsort(rows, n, sizeof(LoadedRow), loaded_row_compare);

	initStringInfo(&json);
	/* The header of a text, filled in below */
	appendStringInfoSpaces(&json, VARHDRSZ);
	append_json_rows(&json, rows, n);
	SPI_freetuptable(SPI_tuptable);

	result = (text *) json.data;
	SET_VARSIZE(result, json.len);
	return result;
}
