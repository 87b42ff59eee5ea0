// SPDX-License-Identifier: GPL-2.0-only
/* Grows, splits and joins lists of strings. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vm/host/memory.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

static void add_owned(struct words *words, char *text)
{
	/* The list doubles its size when it is full; it needs one place more for the NULL. */
	if (!(words->count & (words->count + 1)))
		words->v = memory__check(
			reallocarray(words->v, 2 * words->count + 2, sizeof(*words->v)));
	words->v[words->count++] = text;
	words->v[words->count] = NULL;
}

void words__add(struct words *words, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_owned(words, text__format_v(fmt, args));
	va_end(args);
}

void words__add_once(struct words *words, const char *text)
{
	if (!words__contain(words, text))
		add_owned(words, text__copy(text));
}

void words__add_all(struct words *words, const struct words *others)
{
	for (size_t i = 0; i < others->count; i++)
		add_owned(words, text__copy(others->v[i]));
}

bool words__contain(const struct words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->v[i], text))
			return true;
	return false;
}

void words__split(struct words *words, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t len = strcspn(text, separators);

		words__add(words, "%.*s", (int)len, text);
		text += len;
	}
}

char *words__join(const struct words *words, const char *separator)
{
	char *text = text__copy("");

	for (size_t i = 0; i < words->count; i++)
		text__append(&text, "%s%s", i ? separator : "", words->v[i]);
	return text;
}

void words__free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->v[i]);
	free(words->v);
	*words = (struct words){};
}
