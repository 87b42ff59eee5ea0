/* SPDX-License-Identifier: GPL-2.0-only */
/* The last lines of an endless log. */
#ifndef RUNNER_TEXT_LOG_TAIL_H
#define RUNNER_TEXT_LOG_TAIL_H

#include <stdint.h>

#define LOG_TAIL_LINES          300
#define LOG_TAIL_LINE_MAX_BYTES 512

struct log_tail {
	char lines[LOG_TAIL_LINES][LOG_TAIL_LINE_MAX_BYTES]; /* ring buffer of lines */
	uint64_t lines_cnt; /* number of all lines that were ever added */
};

/** log_tail__add() - add a line, given without its newline; a long line is cut */
void log_tail__add(struct log_tail *tail, const char *line);

/**
 * log_tail__first() - the number of the first line after @since that is still there
 * @since: number of lines to skip
 * @max: maximum number of wanted lines
 *
 * Return: a number for log_tail__line(); @tail->lines_cnt if there is no such line.
 */
uint64_t log_tail__first(const struct log_tail *tail, uint64_t since, uint64_t max);

/** log_tail__line() - the line with a number, counted from 0 */
const char *log_tail__line(const struct log_tail *tail, uint64_t number);

#endif
