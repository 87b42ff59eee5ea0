/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_GLOB_H
#define RUNNER_TEXT_GLOB_H

#include <stdbool.h>

/**
 * glob__match() - whether a whole text matches a pattern
 * @text: the text
 * @pattern: literal characters and '*', which stands for any number of characters, including none
 *
 * Upper and lower case differ, and no other character is special. The number of steps is at most
 * the product of both lengths, for any pattern.
 */
bool glob__match(const char *text, const char *pattern);

#endif
