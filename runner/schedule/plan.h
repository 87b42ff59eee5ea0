/* SPDX-License-Identifier: GPL-2.0-only */
/* Selects the tests, and puts them into the order in which they start. */
#ifndef RUNNER_SCHEDULE_PLAN_H
#define RUNNER_SCHEDULE_PLAN_H

#include "runner/command_line/options.h"
#include "runner/needs/run_info.h"
#include "runner/result/tests.h"
#include "runner/schedule/run_history.h"
#include "runner/schedule/schedule.h"

/**
 * plan__select() - find the selected tests
 * @elsewhere_cnt: set to the number of selected tests that are part of other shards
 *
 * Return: 0, or -ENOMEM.
 */
int plan__select(struct tests *tests, int *elsewhere_cnt, const struct run_options *options,
		 struct selection *selection);

/**
 * plan__order() - queue the tests in the order in which they start
 * @info: receives the order, for the header of the run
 *
 * Return: 0, or -ENOMEM.
 */
int plan__order(struct schedule *schedule, const struct tests *tests,
		const struct run_options *options, const struct run_history *history,
		struct run_info *info);

#endif
