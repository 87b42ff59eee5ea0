// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses numbers of a command line. strtol() is not used, because it accepts blanks and signs
 * before a number.
 */
#include "runner/text/number.h"

long number__parse(const char *text, size_t len, long min, long max)
{
	long number = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
		if (number > max)
			return -1;
	}
	return len && number >= min ? number : -1;
}
