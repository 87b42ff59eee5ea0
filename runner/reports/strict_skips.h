/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the skips of a run with a list of known skips (--strict-skips). */
#ifndef RUNNER_REPORTS_STRICT_SKIPS_H
#define RUNNER_REPORTS_STRICT_SKIPS_H

#include <stdio.h>

#include "runner/result/tests.h"
#include "runner/selection/name_list.h"

/**
 * strict_skips__report() - print a line for each skip that is not in the list, and for each entry
 *	of the list that ran
 * @known: a pattern without a subtest part covers a test that is skipped as a whole, and all of its
 *	subtests
 *
 * Return: the number of skips that are not in the list.
 */
int strict_skips__report(const struct tests *tests, const struct name_list *known, FILE *out);

#endif
