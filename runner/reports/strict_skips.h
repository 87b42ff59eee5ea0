/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the skips of a run with a list of those that are known (--strict-skips). */
#ifndef RUNNER_REPORTS_STRICT_SKIPS_H
#define RUNNER_REPORTS_STRICT_SKIPS_H

#include <stdio.h>

#include "runner/selection/name_list.h"
#include "runner/result/tests.h"

/**
 * strict_skips__report() - name what was skipped and is not in the list, and what is in the list
 *	and ran
 * @known: a pattern without a subtest part stands for a test that is skipped as a whole, and for
 *	any of its subtests
 *
 * Return: how many skips are not in the list; each has one line on @out.
 */
int strict_skips__report(const struct tests *tests, const struct name_list *known, FILE *out);

#endif
