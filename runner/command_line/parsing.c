// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runner/command_line/parsing.h"
#include "runner/text/cleanup.h"
#include "runner/text/number.h"

error_t parsing__refuse(struct parsing *parsing, const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	argp_error(parsing->state, "%s", text ?: "out of memory");
	return EINVAL;
}

long parsing__number(const char *text, long min, long max)
{
	return number__parse(text, strlen(text), min, max);
}
