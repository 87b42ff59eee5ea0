/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses numbers from the command line. */
#ifndef RUNNER_TEXT_NUMBER_H
#define RUNNER_TEXT_NUMBER_H

#include <stddef.h>

/**
 * number__parse() - read a whole number that is written in decimal digits and nothing else
 * @len: number of characters of @text that belong to the number
 * @max: at most LONG_MAX / 10 - 1
 *
 * Return: the number, or -1 if @text is not a number from @min to @max.
 */
long number__parse(const char *text, size_t len, long min, long max);

#endif
