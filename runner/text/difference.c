// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes into the caller's buffer and allocates nothing, because a test may call this after it has
 * damaged its heap.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runner/text/difference.h"

/* Strings up to this length are shown whole. */
#define WHOLE_MAX_BYTES 64
/* The excerpt of a longer one: this much before the difference, and as much from there on. */
#define CONTEXT_BYTES   20
/* The number of bytes of a buffer that are shown in hex. */
#define HEX_BYTES       16
/* A reader sees a difference before this byte without being told where it is. */
#define EASY_TO_SEE     8
/* A beginning of a part that is shorter than this may be there by chance. */
#define BEGINNING_BYTES 4

struct difference_text {
	char *at;
	size_t left; /* with the terminating zero */
};

static void add_formatted(struct difference_text *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void add_formatted(struct difference_text *out, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(out->at, out->left, fmt, args);
	va_end(args);
	if (len < 0 || !out->left)
		return;
	if ((size_t)len >= out->left)
		len = out->left - 1;
	out->at += len;
	out->left -= len;
}

/* Bytes from 0x80 on may be UTF-8. The runner escapes those that are not. */
static void add_escaped(struct difference_text *out, const char *bytes, size_t len_bytes)
{
	const unsigned char *byte = (const unsigned char *)bytes;

	for (; len_bytes--; byte++) {
		if (*byte == '\n' || *byte == '\t')
			add_formatted(out, "\\%c", *byte == '\n' ? 'n' : 't');
		else if (*byte < 0x20 || *byte == 0x7f)
			add_formatted(out, "\\x%02x", *byte);
		else
			add_formatted(out, "%c", *byte);
	}
}

/* Return: true for a byte in the middle of a character of UTF-8. */
static bool is_continuation(char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Add bytes in quotes: all of them, or those around one place. */
static void add_quoted(struct difference_text *out, const char *bytes, size_t len_bytes, size_t at,
		       bool is_whole)
{
	size_t from = 0, to = len_bytes;

	if (!is_whole && at > CONTEXT_BYTES)
		from = at - CONTEXT_BYTES;
	if (!is_whole && at + CONTEXT_BYTES < len_bytes)
		to = at + CONTEXT_BYTES;
	while (from < at && from && is_continuation(bytes[from]))
		from++;
	while (to < len_bytes && is_continuation(bytes[to]))
		to++;
	add_formatted(out, "'%s", from ? "..." : "");
	add_escaped(out, bytes + from, to - from);
	add_formatted(out, "%s'", to < len_bytes ? "..." : "");
}

static bool is_plain(char byte)
{
	return isprint((unsigned char)byte) || !byte;
}

void difference__strings(char *out_text, size_t out_bytes, const char *actual, const char *expected,
			 size_t max_bytes)
{
	struct difference_text out = { out_text, out_bytes };
	size_t actual_bytes = strnlen(actual, max_bytes);
	size_t expected_bytes = strnlen(expected, max_bytes), at = 0;
	bool is_whole = actual_bytes <= WHOLE_MAX_BYTES && expected_bytes <= WHOLE_MAX_BYTES;

	while (at < actual_bytes && at < expected_bytes && actual[at] == expected[at])
		at++;
	add_formatted(&out, "actual ");
	add_quoted(&out, actual, actual_bytes, at, is_whole);
	add_formatted(&out, " != expected ");
	add_quoted(&out, expected, expected_bytes, at, is_whole);
	if (is_whole && at < EASY_TO_SEE && is_plain(actual[at]) && is_plain(expected[at]))
		return;
	add_formatted(&out, ": byte %zu differs (%02x != %02x)", at, (unsigned char)actual[at],
		      (unsigned char)expected[at]);
	if (!is_whole && actual_bytes != expected_bytes)
		add_formatted(&out, ", of %zu and %zu bytes", actual_bytes, expected_bytes);
}

/* Return: the length of the longest beginning of @part in @text; @where is set to its place. */
static size_t longest_beginning(const char *text, const char *part, size_t *where)
{
	size_t longest = 0, len;

	*where = 0;
	for (size_t i = 0; text[i]; i++) {
		for (len = 0; part[len] && text[i + len] == part[len]; len++)
			;
		if (len <= longest)
			continue;
		longest = len;
		*where = i;
	}
	return longest;
}

void difference__substring(char *out_text, size_t out_bytes, const char *text, const char *part)
{
	struct difference_text out = { out_text, out_bytes };
	size_t text_bytes = strlen(text), part_bytes = strlen(part), where;
	size_t found = longest_beginning(text, part, &where);
	bool is_whole = text_bytes <= WHOLE_MAX_BYTES;
	size_t end = where + found;

	if (found < BEGINNING_BYTES)
		end = 0;
	add_quoted(&out, text, text_bytes, end, is_whole);
	if (!is_whole)
		add_formatted(&out, " (%zu bytes)", text_bytes);
	add_formatted(&out, " does not contain ");
	add_quoted(&out, part, part_bytes, found, part_bytes <= WHOLE_MAX_BYTES);
	if (!end)
		return;
	add_formatted(&out, ": its first %zu of %zu bytes are there, from byte %zu on; then comes ",
		      found, part_bytes, where);
	if (text[end])
		add_formatted(&out, "%02x instead of %02x", (unsigned char)text[end],
			      (unsigned char)part[found]);
	else
		add_formatted(&out, "the end of the text");
}

static void add_hex(struct difference_text *out, const unsigned char *bytes, size_t len_bytes)
{
	for (size_t i = 0; i < len_bytes; i++)
		add_formatted(out, "%s%02x", i ? " " : "", bytes[i]);
}

/* Return: true if the bytes around this place seem to be text. */
static bool is_text(const char *bytes, size_t len_bytes, size_t at)
{
	size_t from = at > CONTEXT_BYTES ? at - CONTEXT_BYTES : 0;
	size_t to = len_bytes - at > CONTEXT_BYTES ? at + CONTEXT_BYTES : len_bytes;
	size_t printable_bytes = 0;

	for (size_t i = from; i < to; i++)
		printable_bytes += isprint((unsigned char)bytes[i]) || bytes[i] == '\n';
	return 4 * printable_bytes >= 3 * (to - from);
}

void difference__buffers(char *out_text, size_t out_bytes, const void *actual, const void *expected,
			 size_t len_bytes)
{
	struct difference_text out = { out_text, out_bytes };
	const char *a = actual, *e = expected;
	size_t at = 0, shown;

	while (at + 1 < len_bytes && a[at] == e[at])
		at++;
	shown = len_bytes - at < HEX_BYTES ? len_bytes - at : HEX_BYTES;
	add_formatted(&out, "byte %zu of %zu differs: actual ", at, len_bytes);
	add_hex(&out, actual + at, shown);
	add_formatted(&out, " != expected ");
	add_hex(&out, expected + at, shown);
	if (!is_text(a, len_bytes, at) || !is_text(e, len_bytes, at))
		return;
	add_formatted(&out, " (");
	add_quoted(&out, a, len_bytes, at, false);
	add_formatted(&out, " != ");
	add_quoted(&out, e, len_bytes, at, false);
	add_formatted(&out, ")");
}
