/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_GLOB_H
#define RUNNER_TEXT_GLOB_H

#include <stdbool.h>

/**
 * glob__match() - whether a whole text matches a pattern
 * @text: the text
 * @pattern: literal characters and '*', which stands for any run of characters, also none
 *
 * Case counts, and no other character is special. Takes at most the product of both lengths in
 * steps, whatever the pattern.
 */
bool glob__match(const char *text, const char *pattern);

#endif
