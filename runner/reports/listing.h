/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints tests without running them: -l, -c, --list and --why. */
#ifndef RUNNER_REPORTS_LISTING_H
#define RUNNER_REPORTS_LISTING_H

#include "runner/command_line/options.h"
#include "runner/result/tests.h"
#include "runner/schedule/run_history.h"
#include "runner/selection/selection.h"

/**
 * listing__print() - print the names of the selected tests, or how many there are, for -l, -c and
 *	--list=long
 */
void listing__print(const struct run_options *options, const struct tests *tests);

/**
 * listing__print_all() - print the selected tests and subtests with their numbers, for --list=all
 * @history: has the subtests that tests reached in earlier runs of this build. If a test did not
 *	run on this kernel, the latest run on any kernel counts
 */
void listing__print_all(const struct tests *tests, const struct selection *selection,
			const struct run_history *history);

/**
 * listing__explain() - print what the tests of --why need, and whether this kernel has it
 *
 * Return: one of enum run_exit, with a message on stderr if it is not RUN_EXIT_OK.
 */
int listing__explain(const struct run_options *options);

#endif
