/* SPDX-License-Identifier: GPL-2.0-only */
/* The values of --env: NAME or NAME=VALUE. */
#ifndef RUNNER_TEXT_VARIABLE_H
#define RUNNER_TEXT_VARIABLE_H

#include <stdbool.h>

/**
 * variable__assignment() - the environment variable that a text means
 * @text: NAME=VALUE, or NAME for the value that this process has
 * @assignment: set to NAME=VALUE; it is @text or a part of the environment of this process
 *
 * Return: 0; -EINVAL if NAME is not a word of letters, digits and `_`; -ENOENT if it is not set.
 */
int variable__assignment(const char *text, const char **assignment);

/** variable__has_name() - whether NAME=VALUE is an assignment to this name */
bool variable__has_name(const char *assignment, const char *name);

#endif
