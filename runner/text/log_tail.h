/* SPDX-License-Identifier: GPL-2.0-only */
/* The last lines of an endless log. */
#ifndef RUNNER_TEXT_LOG_TAIL_H
#define RUNNER_TEXT_LOG_TAIL_H

#include <stdint.h>

#define LOG_TAIL_LINES          300
#define LOG_TAIL_LINE_MAX_BYTES 512

struct log_tail {
	char lines[LOG_TAIL_LINES][LOG_TAIL_LINE_MAX_BYTES]; /* a ring */
	uint64_t lines_cnt;                                  /* all lines that were ever added */
};

/** log_tail__add() - add a line, without its newline; a long one is cut */
void log_tail__add(struct log_tail *tail, const char *line);

/**
 * log_tail__first() - the number of the first line after @since that is still there
 * @since: number of lines to skip
 * @max: how many lines are wanted at most
 *
 * Return: a number for log_tail__line(); @tail->lines_cnt if there is none.
 */
uint64_t log_tail__first(const struct log_tail *tail, uint64_t since, uint64_t max);

/** log_tail__line() - the line with a number, counted from 0 */
const char *log_tail__line(const struct log_tail *tail, uint64_t number);

#endif
