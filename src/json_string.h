/*-------------------------------------------------------------------------
 *
 * json_string.h
 *		Strings, as JSON writes them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JSON_STRING_H
#define JSON_STRING_H

#include "lib/stringinfo.h"

extern void json_append_text(StringInfo json, const text *string);

#endif							/* JSON_STRING_H */
