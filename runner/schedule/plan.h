/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run has to do: the selected tests of its shard, their order, and when to stop. */
#ifndef RUNNER_SCHEDULE_PLAN_H
#define RUNNER_SCHEDULE_PLAN_H

#include "runner/run.h"

/** plan__select() - fill in the tests that are to run, by number; returns 0 or -ENOMEM */
int plan__select(struct runner *runner);

/**
 * plan__order() - fill in the schedule: places, locks, order
 *
 * Uses the run's header, the history and the options. Return: 0 or -ENOMEM.
 */
int plan__order(struct runner *runner);

/** plan__check_limits() - set the reason to stop if --fail-fast or --max-time gives one now */
void plan__check_limits(struct runner *runner);

#endif
