/*-------------------------------------------------------------------------
 *
 * data_entries.c
 *		Kinds, keys and values of what bots log in with, as arguments.
 *
 * The errors show neither.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "data_entries.h"

#define KIND_MAX_BYTES		64
#define KEY_MAX_BYTES		512
#define VALUE_MAX_BYTES		(64 * 1024 * 1024)

/*
 * Add an entry.  key is NULL for all of the kind, value is NULL, or of type
 * jbvNull, for none.
 */
static void
data_entries_add(DataEntries *entries, text *kind, const JsonbValue *key,
				 const JsonbValue *value)
{
	DataEntry  *entry;

	if (entries->n == entries->allocated)
	{
		entries->allocated = Max(8, entries->allocated * 2);
		entries->entries = entries->entries == NULL ?
			palloc_array(DataEntry, entries->allocated) :
			repalloc_array(entries->entries, DataEntry, entries->allocated);
	}
	entry = &entries->entries[entries->n++];
	entry->kind = kind;
	entry->key = NULL;
	entry->value = NULL;
	entry->written = false;
	if (key == NULL)
	{
		entries->nkinds++;
		return;
	}

	if (key->val.string.len < 1 || key->val.string.len > KEY_MAX_BYTES)
		entries->too_long = true;
	entry->key = cstring_to_text_with_len(key->val.string.val,
										  key->val.string.len);
	if (value == NULL || value->type == jbvNull)
	{
		entries->nkeys++;
		return;
	}

	if (value->val.string.len > VALUE_MAX_BYTES)
	{
		entries->too_long = true;
		return;
	}
	entry->value = cstring_to_text_with_len(value->val.string.val,
											value->val.string.len);
	entries->nvalues++;
}

/*
 * Returns a kind, allocated in the current context.
 */
static text *
data_entries_kind(DataEntries *entries, const JsonbValue *kind)
{
	if (kind->val.string.len < 1 || kind->val.string.len > KIND_MAX_BYTES)
		entries->too_long = true;
	return cstring_to_text_with_len(kind->val.string.val,
									kind->val.string.len);
}

static void
data_entries_report_malformed(const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be an object of kinds, each null or an object of keys with values that are strings or null",
					argument),
			 errhint("For example {\"creds\": {\"creds\": \"text\"}, \"session\": {\"a.0\": \"text\", \"b.1\": null}}.")));
}

/*
 * Read what is to be saved, {kind: {key: value, ...}, ...}.  data is NULL if
 * there is none; argument is what the errors call it.
 *
 * What is too long is left to the caller to report, so that an argument of
 * another form is what is reported first.
 */
void
data_entries_read(DataEntries *entries, JsonbContainer *data,
				  const char *argument)
{
	JsonbIterator *kinds;
	JsonbIteratorToken token;
	JsonbValue	value;
	text	   *kind = NULL;

	if (data == NULL || !JsonContainerIsObject(data))
		data_entries_report_malformed(argument);

	kinds = JsonbIteratorInit(data);
	while ((token = JsonbIteratorNext(&kinds, &value, true)) != WJB_DONE)
	{
		JsonbIterator *keys;
		JsonbValue	key;

		if (token == WJB_KEY)
			kind = data_entries_kind(entries, &value);
		if (token != WJB_VALUE)
			continue;
		if (value.type == jbvNull)
		{
			data_entries_add(entries, kind, NULL, NULL);
			continue;
		}
		if (value.type != jbvBinary ||
			!JsonContainerIsObject(value.val.binary.data))
			data_entries_report_malformed(argument);

		keys = JsonbIteratorInit(value.val.binary.data);
		while ((token = JsonbIteratorNext(&keys, &value, true)) != WJB_DONE)
		{
			if (token == WJB_KEY)
				key = value;
			if (token != WJB_VALUE)
				continue;
			if (value.type != jbvString && value.type != jbvNull)
				data_entries_report_malformed(argument);
			data_entries_add(entries, kind, &key, &value);
		}
	}
}

static void
data_entries_report_malformed_keys(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("keys must be an object of kinds, each null or an array of keys"),
			 errhint("For example {\"creds\": [\"creds\"], \"session\": null}; null stands for all.")));
}

/*
 * Read what is to be loaded, {kind: [key, ...], ...}.  A key that is named
 * twice becomes two entries.
 */
void
data_entries_read_keys(DataEntries *entries, Jsonb *keys)
{
	JsonbIterator *kinds;
	JsonbIteratorToken token;
	JsonbValue	value;
	text	   *kind = NULL;

	if (!JB_ROOT_IS_OBJECT(keys))
		data_entries_report_malformed_keys();

	kinds = JsonbIteratorInit(&keys->root);
	while ((token = JsonbIteratorNext(&kinds, &value, true)) != WJB_DONE)
	{
		JsonbIterator *elements;

		if (token == WJB_KEY)
			kind = data_entries_kind(entries, &value);
		if (token != WJB_VALUE)
			continue;
		if (value.type == jbvNull)
		{
			data_entries_add(entries, kind, NULL, NULL);
			continue;
		}
		if (value.type != jbvBinary ||
			!JsonContainerIsArray(value.val.binary.data) ||
			JsonContainerIsScalar(value.val.binary.data))
			data_entries_report_malformed_keys();

		elements = JsonbIteratorInit(value.val.binary.data);
		while ((token = JsonbIteratorNext(&elements, &value, true)) != WJB_DONE)
		{
			if (token != WJB_ELEM)
				continue;
			if (value.type != jbvString)
				data_entries_report_malformed_keys();
			data_entries_add(entries, kind, &value, NULL);
		}
	}
	if (entries->too_long)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("in keys a kind must have 1 to %d bytes, a key 1 to %d bytes",
						KIND_MAX_BYTES, KEY_MAX_BYTES)));
}

/*
 * Report that a kind, a key or a value is empty or too long.
 */
void
data_entries_report_too_long(const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("in %s a kind must have 1 to %d bytes, a key 1 to %d bytes, a value at most %d MB",
					argument, KIND_MAX_BYTES, KEY_MAX_BYTES,
					VALUE_MAX_BYTES / (1024 * 1024))));
}
