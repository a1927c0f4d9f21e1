/*-------------------------------------------------------------------------
 *
 * json_string.c
 *		Strings, as JSON writes them.
 *
 * escape_json() does the same character by character, where ours copies what
 * needs no escape in one piece.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat.h"
#include "json_string.h"

/*
 * Append a text as a JSON string.
 */
void
json_append_text(StringInfo json, const text *string)
{
	const char *next = VARDATA_ANY(string);
	const char *end = next + VARSIZE_ANY_EXHDR(string);

	appendStringInfoCharMacro(json, '"');
	while (next < end)
	{
		const char *plain = next;

		while (next < end && (unsigned char) *next >= ' ' &&
			   *next != '"' && *next != '\\')
			next++;
		appendBinaryStringInfo(json, plain, next - plain);
		if (next == end)
			break;
		switch (*next)
		{
			case '\b':
				appendStringInfoString(json, "\\b");
				break;
			case '\f':
				appendStringInfoString(json, "\\f");
				break;
			case '\n':
				appendStringInfoString(json, "\\n");
				break;
			case '\r':
				appendStringInfoString(json, "\\r");
				break;
			case '\t':
				appendStringInfoString(json, "\\t");
				break;
			case '"':
				appendStringInfoString(json, "\\\"");
				break;
			case '\\':
				appendStringInfoString(json, "\\\\");
				break;
			default:
				appendStringInfo(json, "\\u%04x", (unsigned char) *next);
				break;
		}
		next++;
	}
	appendStringInfoCharMacro(json, '"');
}
