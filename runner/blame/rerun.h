/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reruns suspects alone, after all other tests. The first result of a test stays, unless the rerun
 * splats again or leaves the same thing behind again: the test is then convicted.
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
	struct test_outcome first; /* the first result of the test that is being rerun */
};

/** rerun__is_needed() - whether a test is suspected of something that is not explained yet */
bool rerun__is_needed(const struct rerun *rerun, const struct test_outcome *test);

/** rerun__may_be_needed() - the same when the test ends: other tests may still explain it */
bool rerun__may_be_needed(const struct rerun *rerun, const struct test_outcome *test);

/**
 * rerun__prepare() - queue the suspects, and begin the phase of reruns
 *
 * Return: the number of suspects, or -ENOMEM.
 */
int rerun__prepare(struct rerun *rerun, const struct tests *tests, struct schedule *schedule);

/** rerun__begin() - put the first result of a test aside, before its rerun */
void rerun__begin(struct rerun *rerun, struct test_outcome *test);

/**
 * rerun__end() - decide which of the two results stays, and tell the event sink
 * @is_unkillable: the test survived SIGKILL, so its own rerun is to blame, not an earlier test
 */
void rerun__end(struct rerun *rerun, struct test_outcome *test, bool is_unkillable);

/** rerun__finish() - end the phase of reruns */
void rerun__finish(struct rerun *rerun);

#endif
