// SPDX-License-Identifier: GPL-2.0-only
/* Prints errors of the runner on stderr, and names errno values. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/text/error.h"

const char *error__name(int err)
{
	return strerrorname_np(abs(err)) ?: "unknown errno";
}

const char *error__text(int err)
{
	static _Thread_local char text[128];

	snprintf(text, sizeof(text), ERRNO_FMT, ERRNO_ARG(err));
	return text;
}

/* Print each line with one write, because tests print to the same terminal. */
static void print_line(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return;
	fprintf(stderr, "test_progs: %s\n", text);
	free(text);
}

void error__say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line(fmt, args);
	va_end(args);
}

int error__fail(int status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line(fmt, args);
	va_end(args);
	return status;
}
