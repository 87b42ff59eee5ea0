/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of a failure in a few lines, for a person. */
#ifndef RUNNER_REPORTS_LOG_DIGEST_H
#define RUNNER_REPORTS_LOG_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/**
 * log_digest__make() - shorten a log
 * @text: the log, printable
 * @max_lines: longest result, in lines; at least 3
 * @is_short: set to whether lines were left out, other than those of assertions that held
 *
 * Lines of assertions that held (`FUNCTION:PASS:NAME`) are left out. Blocks of lines that follow each
 * other and are equal appear once, with their number. If there are still too many lines, those of failed
 * assertions and the ones before them are kept, then the end and the beginning of the log. A line
 * says how many are missing in a place.
 *
 * Return: the lines, to be freed by the caller; NULL when out of memory.
 */
char *log_digest__make(const char *text, size_t max_lines, bool *is_short);

/** log_digest__lines() - the number of lines in a text */
size_t log_digest__lines(const char *text);

#endif
