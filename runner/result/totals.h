/* SPDX-License-Identifier: GPL-2.0-only */
/* The number of tests and subtests with each result. */
#ifndef RUNNER_RESULT_TOTALS_H
#define RUNNER_RESULT_TOTALS_H

#include "runner/result/tests.h"

struct run_totals {
	int tests_passed, subtests_passed;
	int skipped; /* number of tests skipped outside of subtests, and of skipped subtests */
	int not_built;
	int tests_failed, subtests_failed;
	int tests_not_run;
	int tests_interrupted;
};

/** run_totals__count() - count the results of all tests */
void run_totals__count(struct run_totals *totals, const struct tests *tests);

#endif
