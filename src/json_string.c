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

#define EACH_BYTE(byte)		(UINT64CONST(0x0101010101010101) * (byte))

/*
 * Returns true if none of the next eight bytes needs an escape: in none of them
 * a subtraction borrows from the highest bit.  A false "no" costs a look at
 * each byte.
 */
static inline bool
json_bytes_are_plain(const char *next)
{
	uint64		bytes;
	uint64		quotes;
	uint64		backslashes;

	memcpy(&bytes, next, sizeof(bytes));
	quotes = bytes ^ EACH_BYTE('"');
	backslashes = bytes ^ EACH_BYTE('\\');
	return ((((bytes - EACH_BYTE(' ')) & ~bytes) |
			 ((quotes - EACH_BYTE(1)) & ~quotes) |
			 ((backslashes - EACH_BYTE(1)) & ~backslashes)) &
			EACH_BYTE(0x80)) == 0;
}

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

		while (end - next >= (ptrdiff_t) sizeof(uint64) &&
			   json_bytes_are_plain(next))
			next += sizeof(uint64);
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
