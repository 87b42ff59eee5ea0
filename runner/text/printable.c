// SPDX-License-Identifier: GPL-2.0-only
/*
 * Escapes the output of tests. The bytes of a log must not control the reader's terminal, and must
 * not make the JSON report invalid.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/text/printable.h"

/* The well-formed sequences of UTF-8 by their first byte (Unicode 15, table 3-7). */
static const struct {
	unsigned char first, last;
	int len;
	unsigned char second_min, second_max;
} utf8_sequences[] = {
	/* clang-format off */
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
	/* clang-format on */
};

/* Return: the length of the character at @p, or 0 if it must not be shown as it is. */
static int shown_len(const unsigned char *p, size_t left)
{
	size_t i;
	int k;

	if (*p < 0x80)
		return (*p >= 0x20 && *p != 0x7f) || *p == '\n' || *p == '\t';
	for (i = 0; i < sizeof(utf8_sequences) / sizeof(utf8_sequences[0]); i++) {
		if (*p < utf8_sequences[i].first || *p > utf8_sequences[i].last)
			continue;
		if (left < (size_t)utf8_sequences[i].len || p[1] < utf8_sequences[i].second_min ||
		    p[1] > utf8_sequences[i].second_max)
			return 0;
		/* U+0080 to U+009F are also control characters. */
		if (*p == 0xc2 && p[1] < 0xa0)
			return 0;
		for (k = 2; k < utf8_sequences[i].len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return utf8_sequences[i].len;
	}
	return 0;
}

static char *escape(const char *bytes, size_t len_bytes, bool within_line)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + len_bytes;
	char *text, *out;
	int len;

	text = out = malloc(4 * len_bytes + 1);
	if (!text)
		return NULL;
	while (p < end) {
		len = within_line && *p < 0x20 ? 0 : shown_len(p, end - p);
		if (len) {
			while (len--)
				*out++ = *p++;
		} else {
			out += sprintf(out, "\\x%02x", *p++);
		}
	}
	*out = '\0';
	return text;
}

char *printable(const char *bytes, size_t len_bytes)
{
	return escape(bytes, len_bytes, false);
}

char *printable_line(const char *bytes, size_t len_bytes)
{
	return escape(bytes, len_bytes, true);
}
