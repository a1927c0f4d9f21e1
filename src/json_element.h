/*-------------------------------------------------------------------------
 *
 * json_element.h
 *		Elements of the batches that functions take as JSON.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JSON_ELEMENT_H
#define JSON_ELEMENT_H

#include "utils/jsonb.h"

/* An element, and how the errors call it. */
typedef struct JsonElement
{
	const char *batch;			/* name of the argument */
	int			number;			/* counted from 1 */
	JsonbContainer *object;
} JsonElement;

extern Jsonb *json_batch(FunctionCallInfo fcinfo, int argno, const char *name,
						 const char *hint);
extern void json_element_begin(JsonElement *element, const JsonbValue *value);
extern bool json_element_value(const JsonElement *element, const char *key,
							   JsonbValue *value);
extern bool json_element_string(const JsonElement *element, const char *key,
								JsonbValue *value);
extern bool json_element_fence(const JsonElement *element, bool *given,
							   int64 *fence);
extern void json_element_end(const JsonElement *element, uint32 nkeys,
							 const char *hint, const JsonbValue *session_id);
extern text *json_text(const JsonbValue *value);
extern bool json_is_null(Jsonb *value);

#endif							/* JSON_ELEMENT_H */
