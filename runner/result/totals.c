// SPDX-License-Identifier: GPL-2.0-only
/* Counts results for the summary line and the JSON report. */
#include "runner/result/totals.h"

static void count_subtests(struct run_totals *totals, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < test->subtests_cnt; i++) {
		enum result result = test->subtests[i]->outcome.result;

		totals->subtests_passed += result == RESULT_PASS;
		totals->skipped += result == RESULT_SKIP;
		totals->subtests_failed += result__is_failure(result);
	}
}

static void count_test(struct run_totals *totals, const struct test_outcome *test)
{
	switch (test->outcome.result) {
	case RESULT_PASS:
		totals->tests_passed++;
		break;
	case RESULT_SKIP:
		/* If a test is skipped because all its subtests were, only the subtests count. */
		totals->skipped += !test->subtests_cnt ||
				   test_outcome__skipped_subtests(test) < test->subtests_cnt;
		break;
	case RESULT_INTERRUPTED:
		totals->tests_interrupted++;
		break;
	case RESULT_NOTRUN:
		totals->tests_not_run++;
		break;
	default:
		totals->tests_failed++;
	}
}

void run_totals__count(struct run_totals *totals, const struct tests *tests)
{
	int i;

	*totals = (struct run_totals){};
	for (i = 0; i < tests->cnt; i++) {
		totals->not_built += !registry__is_built(tests->all[i].entry);
		count_subtests(totals, &tests->all[i]);
		count_test(totals, &tests->all[i]);
	}
}
