// SPDX-License-Identifier: GPL-2.0-only
/* Patterns of test names. Only '*' is special, as in the kernel's runner. */
#include <stddef.h>

#include "runner/text/glob.h"

bool glob__match(const char *text, const char *pattern)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*pattern == '*') {
			/*
			 * Let only the last star match more, because the earlier stars have matched
			 * as little as possible.
			 */
			star = pattern++;
			resume = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
