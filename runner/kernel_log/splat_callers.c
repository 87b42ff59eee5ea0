// SPDX-License-Identifier: GPL-2.0-only
/* Passes each line of the kernel's log to the parser of its caller. */
#include <stdio.h>
#include <string.h>

#include "runner/kernel_log/splat_callers.h"

static struct splat_parser *parser_of(struct splat_callers *callers, const char *name)
{
	struct splat_caller *caller;
	int i;

	for (i = 0; i < SPLAT_CALLERS_MAX; i++) {
		if (!strcmp(callers->callers[i].name, name))
			return &callers->callers[i].parser;
	}
	for (i = 0; i < SPLAT_CALLERS_MAX; i++) {
		caller = &callers->callers[callers->next++ % SPLAT_CALLERS_MAX];
		callers->next %= SPLAT_CALLERS_MAX;
		if (caller->parser.open)
			continue;
		*caller = (struct splat_caller){};
		snprintf(caller->name, sizeof(caller->name), "%s", name);
		return &caller->parser;
	}
	return &callers->callers[0].parser;
}

bool splat_callers__add(struct splat_callers *callers, const struct kernel_log_line *line,
			struct splat **ended)
{
	struct splat_parser *parser;

	*ended = NULL;
	/* Lines from user space get no parser, because any program can write them. */
	if (line->facility)
		return false;
	parser = parser_of(callers, line->caller);
	*ended = splat_parser__add(parser, line);
	return parser->open;
}

struct splat *splat_callers__end(struct splat_callers *callers)
{
	struct splat *splat = NULL;
	int i;

	for (i = 0; i < SPLAT_CALLERS_MAX && !splat; i++)
		splat = splat_parser__end(&callers->callers[i].parser);
	return splat;
}

bool splat_callers__is_open(const struct splat_callers *callers)
{
	int i;

	for (i = 0; i < SPLAT_CALLERS_MAX; i++) {
		if (callers->callers[i].parser.open)
			return true;
	}
	return false;
}
