// SPDX-License-Identifier: GPL-2.0-only
/* The escaping of what tests print, against a decoder of UTF-8 that goes by code points. */
#include "check/fuzz/fuzz.h"
#include "runner/text/printable.h"

/* The length of the character at @p if it is valid UTF-8, else 0. */
static size_t decode(const uint8_t *p, size_t left, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *p < 0x80         ? 1 :
		     (*p >> 5) == 0x06 ? 2 :
		     (*p >> 4) == 0x0e ? 3 :
		     (*p >> 3) == 0x1e ? 4 :
					 0;
	size_t i;

	if (!len || len > left)
		return 0;
	*point = len == 1 ? *p : *p & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*point = *point << 6 | (p[i] & 0x3f);
	}
	if (*point < smallest[len] || *point > 0x10ffff || (*point >> 11) == 0x1b)
		return 0;
	return len;
}

static bool is_shown(uint32_t point, bool within_line)
{
	if (point == '\n' || point == '\t')
		return !within_line;
	return point >= 0x20 && (point < 0x7f || point > 0x9f);
}

static char *expected(const uint8_t *data, size_t size, bool within_line)
{
	char *text = malloc(4 * size + 1), *out = text;
	uint32_t point;
	size_t len;

	while (size) {
		len = decode(data, size, &point);
		if (len && is_shown(point, within_line)) {
			out = mempcpy(out, data, len);
		} else {
			len = 1;
			out += sprintf(out, "\\x%02x", *data);
		}
		data += len;
		size -= len;
	}
	*out = '\0';
	return text;
}

static void check(const uint8_t *data, size_t size, bool within_line)
{
	char *(*escape)(const char *, size_t) = within_line ? printable_line : printable;
	char *text = escape((const char *)data, size);
	char *again = escape(text, strlen(text));
	char *reference = expected(data, size, within_line);

	INVARIANT(!strcmp(text, reference));
	INVARIANT(!strcmp(text, again));
	free(text);
	free(again);
	free(reference);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, false);
	check(data, size, true);
	return 0;
}
