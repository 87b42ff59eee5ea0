// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings and lists of strings. Talks to nobody; ends the program when memory runs out.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "vm/host/exit_status.h"
#include "vm/host/text.h"

static void *checked(void *memory)
{
	if (!memory) {
		fputs("vmtest: out of memory\n", stderr);
		exit(EXIT_HOST_SETUP);
	}
	return memory;
}

static char *format_v(const char *fmt, va_list ap)
{
	char *text = NULL;

	return vasprintf(&text, fmt, ap) < 0 ? checked(NULL) : text;
}

char *text_format(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format_v(fmt, ap);
	va_end(ap);
	return text;
}

char *text_copy(const char *text)
{
	return checked(strdup(text));
}

bool text_starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

bool text_ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text), end_len = strlen(end);

	return text_len >= end_len && !strcmp(text + text_len - end_len, end);
}

char *text_trim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

const char *text_errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "unknown errno";
}

static void add_owned(struct words *words, char *text)
{
	/* A list grows to the next power of two; one place more than strings, for the NULL. */
	if (!(words->count & (words->count + 1)))
		words->v = checked(reallocarray(words->v, 2 * words->count + 2, sizeof(char *)));
	words->v[words->count++] = text;
	words->v[words->count] = NULL;
}

void words_add(struct words *words, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_owned(words, format_v(fmt, ap));
	va_end(ap);
}

bool words_contain(const struct words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->v[i], text))
			return true;
	return false;
}

void words_split(struct words *words, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t len = strcspn(text, separators);

		words_add(words, "%.*s", (int)len, text);
		text += len;
	}
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->v[i]);
	free(words->v);
	*words = (struct words){};
}
