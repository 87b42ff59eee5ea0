/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run is one process with one thread and one event loop. It starts a process for every test,
 * turns the records and the exit status of that process into results, and passes them to the
 * reports. It never runs test code itself.
 */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "runner/command_line/options.h"
#include "runner/result/event.h"
#include "runner/result/tests.h"
#include "runner/selection/selection.h"

/**
 * run__tests() - run the selected tests and report them
 *
 * Return: one of enum run_exit.
 */
int run__tests(const struct run_options *options, struct selection *selection);

/**
 * run__tests_and_keep() - as run__tests(), but hand over the tests with their results
 * @tests: set to them; the caller frees them. There are none if nothing ran.
 */
int run__tests_and_keep(const struct run_options *options, struct selection *selection,
			struct tests *tests);

/**
 * run__orders() - run tests that are not in the selection's order, and report to one listener only
 * @orders: kept by the caller; each has a mutation, and a test may be there several times
 *
 * The kernel's splats and what is left behind are printed. Nothing is rerun.
 *
 * Return: RUN_EXIT_OK whatever the results are; RUN_EXIT_FAILED for a splat or something left behind
 *	that belongs to no test; RUN_EXIT_RESTART after a message if a test cannot be killed; another
 *	one if the run could not come to its end.
 */
int run__orders(const struct run_options *options, struct selection *selection,
		const struct tests *orders,
		void (*listen)(void *context, const struct event *event), void *context);

#endif
