/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests that a run has selected, in the order of their numbers, each with its outcome. */
#ifndef RUNNER_RESULT_TESTS_H
#define RUNNER_RESULT_TESTS_H

#include "runner/result/result.h"

struct tests {
	struct test_outcome *all;
	int cnt;
};

#endif
