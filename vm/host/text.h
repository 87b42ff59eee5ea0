/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings on the heap. The caller frees all of them. The program ends if memory is exhausted. */
#ifndef VM_HOST_TEXT_H
#define VM_HOST_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/** text__format() - a new string, formatted as by printf() */
char *text__format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *text__format_v(const char *fmt, va_list args);

/** text__copy() - a new string with the same contents */
char *text__copy(const char *text);

/** text__append() - append a formatted string to *@text, which may move in memory */
void text__append(char **text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool text__starts_with(const char *text, const char *start);
bool text__ends_with(const char *text, const char *end);

/** text__quoted() - the text as one word for a shell, in quotes if it needs any */
char *text__quoted(const char *text);

/** text__trim() - remove white space from the end of @text, in place; returns @text */
char *text__trim(char *text);

/**
 * text__last_part() - the part after the last slash of a path, or the whole path without a slash
 */
const char *text__last_part(const char *path);

#endif
