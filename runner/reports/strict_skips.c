// SPDX-License-Identifier: GPL-2.0-only
/* Compares the results of a run with a list of known skips. Changes no result. */
#include <stdlib.h>
#include <string.h>

#include "runner/reports/strict_skips.h"
#include "runner/text/cleanup.h"
#include "runner/text/glob.h"
#include "runner/text/printable.h"

/* @subtest: NULL for the test itself. */
static bool covers(const struct name_pattern *pattern, const char *test, const char *subtest)
{
	if (!glob__match(test, pattern->test))
		return false;
	return !pattern->subtest || (subtest && glob__match(subtest, pattern->subtest));
}

static bool is_known(const struct name_list *known, const char *test, const char *subtest)
{
	int i;

	for (i = 0; i < known->cnt; i++) {
		if (covers(&known->items[i], test, subtest))
			return true;
	}
	return false;
}

static void print_new(FILE *out, const char *test, const struct outcome *subtest,
		      const struct outcome *outcome)
{
	autofree char *name = subtest ? printable_line(subtest->name, strlen(subtest->name)) : NULL;
	autofree char *reason =
		outcome->detail ? printable_line(outcome->detail, strlen(outcome->detail)) : NULL;

	fprintf(out, "error: new skip: %s%s%s (%s)\n", test, name ? "/" : "", name ?: "",
		reason ?: "reason not given");
}

static int report_test(const struct test_outcome *test, const struct name_list *known, FILE *out)
{
	const char *name = test->outcome.name;
	int i, cnt = 0;

	/* If a test is skipped because all its subtests were skipped, report the subtests. */
	if (test->outcome.result == RESULT_SKIP && !(test->skip_is_derived && test->subtests_cnt) &&
	    !is_known(known, name, NULL)) {
		print_new(out, name, NULL, &test->outcome);
		cnt++;
	}
	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		if (subtest->result != RESULT_SKIP || is_known(known, name, subtest->name))
			continue;
		print_new(out, name, subtest, subtest);
		cnt++;
	}
	return cnt;
}

/* Return: true if a test or subtest that the pattern covers was skipped or did not run. */
static bool is_needed(const struct tests *tests, const struct name_pattern *pattern)
{
	int i, k;

	for (i = 0; i < tests->cnt; i++) {
		const struct test_outcome *test = &tests->all[i];

		if (!glob__match(test->outcome.name, pattern->test))
			continue;
		if (test->outcome.result == RESULT_SKIP || test->outcome.result == RESULT_NOTRUN)
			return true;
		for (k = 0; k < test->subtests_cnt; k++) {
			const struct outcome *subtest = &test->subtests[k]->outcome;

			if (subtest->result == RESULT_SKIP &&
			    covers(pattern, test->outcome.name, subtest->name))
				return true;
		}
	}
	return false;
}

static bool is_selected(const struct tests *tests, const struct name_pattern *pattern)
{
	int i;

	for (i = 0; i < tests->cnt; i++) {
		if (glob__match(tests->all[i].outcome.name, pattern->test))
			return true;
	}
	return false;
}

int strict_skips__report(const struct tests *tests, const struct name_list *known, FILE *out)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += report_test(&tests->all[i], known, out);
	for (i = 0; i < known->cnt; i++) {
		if (is_selected(tests, &known->items[i]) && !is_needed(tests, &known->items[i]))
			fprintf(out, "warning: '%s' is in the list of skips, and ran\n",
				known->items[i].origin);
	}
	return cnt;
}
