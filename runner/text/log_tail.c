// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the last lines of a log in a ring buffer. */
#include <stdio.h>

#include "runner/text/log_tail.h"

void log_tail__add(struct log_tail *tail, const char *line)
{
	snprintf(tail->lines[tail->lines_cnt++ % LOG_TAIL_LINES], LOG_TAIL_LINE_MAX_BYTES, "%s",
		 line);
}

uint64_t log_tail__first(const struct log_tail *tail, uint64_t since, uint64_t max)
{
	if (max > LOG_TAIL_LINES)
		max = LOG_TAIL_LINES;
	return tail->lines_cnt - since > max ? tail->lines_cnt - max : since;
}

const char *log_tail__line(const struct log_tail *tail, uint64_t number)
{
	return tail->lines[number % LOG_TAIL_LINES];
}
