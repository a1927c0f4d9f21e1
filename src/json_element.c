/*-------------------------------------------------------------------------
 *
 * json_element.c
 *		Elements of the batches that functions take as JSON.
 *
 * The errors do not show what an element holds, which may be a QR code or a
 * login under another name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "arguments.h"
#include "json_element.h"

/*
 * Returns the argument of that name, which has to be an array.
 */
Jsonb *
json_batch(FunctionCallInfo fcinfo, int argno, const char *name,
		   const char *hint)
{
	Jsonb	   *batch = PG_ARGISNULL(argno) ? NULL : PG_GETARG_JSONB_P(argno);

	if (batch == NULL || !JB_ROOT_IS_ARRAY(batch) || JB_ROOT_IS_SCALAR(batch))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a JSON array", name),
				 errhint("%s", hint)));
	return batch;
}

/*
 * Begin to read the next element of a batch.
 */
void
json_element_begin(JsonElement *element, const JsonbValue *value)
{
	element->number++;
	if (value->type != jbvBinary ||
		!JsonContainerIsObject(value->val.binary.data))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of %s must be an object",
						element->number, element->batch)));
	element->object = value->val.binary.data;
}

/*
 * Read what a key holds.  Returns true if the key is there; what is not there
 * is read as null.
 */
bool
json_element_value(const JsonElement *element, const char *key,
				   JsonbValue *value)
{
	if (getKeyJsonValueFromContainer(element->object, key, strlen(key), value))
		return true;
	value->type = jbvNull;
	return false;
}

/*
 * The same, where the key must hold a string or null.
 */
bool
json_element_string(const JsonElement *element, const char *key,
					JsonbValue *value)
{
	if (!json_element_value(element, key, value))
		return false;
	if (value->type != jbvString && value->type != jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of element %d of %s must be a string",
						key, element->number, element->batch)));
	return true;
}

/*
 * Read a fence.  Returns true if the key is there, even if it is null.
 */
bool
json_element_fence(const JsonElement *element, bool *given, int64 *fence)
{
	JsonbValue	value;
	bool		there = json_element_value(element, "fence", &value);

	*given = value.type != jbvNull;
	if (*given && !json_fence(&value, fence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fence of element %d of %s must be a whole number",
						element->number, element->batch),
				 errhint(FENCE_HINT)));
	return there;
}

/*
 * Check that an element has no keys but those that were found, nkeys, and that
 * it has a session_id.
 */
void
json_element_end(const JsonElement *element, uint32 nkeys, const char *hint,
				 const JsonbValue *session_id)
{
	if (nkeys != JsonContainerSize(element->object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of %s has an unknown key",
						element->number, element->batch),
				 errhint("%s", hint)));
	if (session_id->type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("element %d of %s has no session_id",
						element->number, element->batch)));
	if (!session_id_is_valid(session_id->val.string.val,
							 session_id->val.string.len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("session_id of element %d of %s must have between 1 and %d characters",
						element->number, element->batch,
						SESSION_ID_MAX_LENGTH)));
}

/*
 * Returns a string, allocated in the current context, or NULL for null.
 */
text *
json_text(const JsonbValue *value)
{
	return value->type == jbvNull ? NULL :
		cstring_to_text_with_len(value->val.string.val, value->val.string.len);
}

/*
 * Returns true for a null of JSON.
 */
bool
json_is_null(Jsonb *value)
{
	JsonbValue	scalar;

	return JB_ROOT_IS_SCALAR(value) &&
		JsonbExtractScalar(&value->root, &scalar) && scalar.type == jbvNull;
}
