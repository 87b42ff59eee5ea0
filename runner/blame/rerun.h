/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Suspects, run again alone after all others. The first result of a test stays, unless it splats
 * again, or leaves the same behind again: then it is convicted.
 */
#ifndef RUNNER_BLAME_RERUN_H
#define RUNNER_BLAME_RERUN_H

#include "runner/result/result.h"

struct runner;

struct again {
	bool is_running;
	struct test_outcome first; /* of the test that is running again */
};

/** again__is_needed() - whether a test is a suspect of something that is not explained yet */
bool again__is_needed(const struct runner *runner, const struct test_outcome *test);

/** again__prepare() - let the suspects wait; returns how many there are, or -ENOMEM */
int again__prepare(struct runner *runner);

/** again__begin() - put the first result of a test aside */
void again__begin(struct runner *runner, struct test_outcome *test);

/** again__end() - decide which of the two results stays, and report it */
void again__end(struct runner *runner, struct test_outcome *test);

#endif
