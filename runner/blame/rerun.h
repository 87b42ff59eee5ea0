/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Suspects, rerun alone after all other tests. The first result of a test stays, unless the rerun
 * splats again, or leaves the same thing behind again: then the test is convicted.
 */
#ifndef RUNNER_BLAME_RERUN_H
#define RUNNER_BLAME_RERUN_H

#include "runner/blame/left_behind.h"
#include "runner/blame/splats.h"
#include "runner/schedule/schedule.h"

struct rerun {
	struct splats *splats;
	struct audit *audit;
	struct units *units;
	struct test_outcome first; /* the first result of the test that is running again */
};

/** rerun__is_needed() - whether a test is a suspect of something that is not explained yet */
bool rerun__is_needed(const struct rerun *rerun, const struct test_outcome *test);

/**
 * rerun__prepare() - queue the suspects, and begin the phase in which they run
 *
 * Return: how many there are, or -ENOMEM.
 */
int rerun__prepare(struct rerun *rerun, const struct tests *tests, struct schedule *schedule);

/** rerun__begin() - put the first result of a test aside */
void rerun__begin(struct rerun *rerun, struct test_outcome *test);

/**
 * rerun__end() - decide which of the two results stays, and tell the event sink
 * @is_unkillable: the test survived SIGKILL, so what it has done is not an earlier test's doing
 */
void rerun__end(struct rerun *rerun, struct test_outcome *test, bool is_unkillable);

/** rerun__finish() - all suspects have run: the phase is over */
void rerun__finish(struct rerun *rerun);

#endif
