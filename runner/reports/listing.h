/* SPDX-License-Identifier: GPL-2.0-only */
/* What the runner says about tests without running them: -l, -c, --list=long, --why. */
#ifndef RUNNER_REPORTS_LISTING_H
#define RUNNER_REPORTS_LISTING_H

#include "runner/command_line/options.h"
#include "runner/result/tests.h"

/**
 * listing__print() - the selected tests, or how many
 * @elsewhere_cnt: tests of other shards
 *
 * Return: an exit status.
 */
int listing__print(const struct run_options *options, const struct tests *tests, int elsewhere_cnt);

/** listing__explain() - what a test needs, and whether it holds here; returns an exit status */
int listing__explain(const struct run_options *options);

#endif
