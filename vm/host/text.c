// SPDX-License-Identifier: GPL-2.0-only
/* Creates strings, and checks their beginnings and ends. */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/host/memory.h"
#include "vm/host/text.h"

char *text__format_v(const char *fmt, va_list args)
{
	char *text = NULL;

	return memory__check(vasprintf(&text, fmt, args) < 0 ? NULL : text);
}

char *text__format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text__format_v(fmt, args);
	va_end(args);
	return text;
}

char *text__copy(const char *text)
{
	return memory__check(strdup(text));
}

void text__append(char **text, const char *fmt, ...)
{
	autofree char *before = *text, *more = NULL;
	va_list args;

	va_start(args, fmt);
	more = text__format_v(fmt, args);
	va_end(args);
	*text = text__format("%s%s", before, more);
}

bool text__starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

bool text__ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text), end_len = strlen(end);

	return text_len >= end_len && !strcmp(text + text_len - end_len, end);
}

char *text__quoted(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-+=./:@%,";
	char *quoted;

	if (*text && strspn(text, plain) == strlen(text))
		return text__copy(text);
	quoted = text__copy("'");
	for (; *text; text++)
		text__append(&quoted, *text == '\'' ? "'\\''" : "%c", *text);
	text__append(&quoted, "'");
	return quoted;
}

char *text__trim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

const char *text__last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
