// SPDX-License-Identifier: GPL-2.0-only
/* Tests that each failure and each skip is explained, however little is known of it. */
#include <stdlib.h>
#include <string.h>

#include "check/unit/unit_test.h"
#include "runner/result/result.h"

static void expect_text(const struct test_outcome *test, const struct outcome *outcome,
			const char *expected)
{
	char *text = test_outcome__explain(test, outcome);

	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

static struct outcome *add_subtest(struct test_outcome *test, const char *name, enum result result)
{
	struct subtest_outcome *subtest = test_outcome__add_subtest(test, name, 1);

	assert_non_null(subtest);
	subtest->outcome.result = result;
	return &subtest->outcome;
}

static void every_kind_of_failure_has_a_text(void **state)
{
	struct test_outcome test = {};
	int result;

	for (result = RESULT_NOTRUN; result <= RESULT_PANIC; result++) {
		char *text;

		test.outcome.result = result;
		text = test_outcome__explain(&test, &test.outcome);
		if (result__is_failure(result) || result == RESULT_SKIP)
			assert_true(text && *text);
		else
			assert_null(text);
		free(text);
	}
}

static void the_detail_comes_before_the_assertion(void **state)
{
	struct test_outcome test = { .outcome.result = RESULT_FAIL };

	test.outcome.first_failure.text = strdup("sum: actual 4 != expected 5");
	expect_text(&test, &test.outcome, "sum: actual 4 != expected 5");
	outcome__set_detail(&test.outcome, "%s", "");
	expect_text(&test, &test.outcome, "sum: actual 4 != expected 5");
	outcome__set_detail(&test.outcome, "left behind: pin %s", "/a");
	expect_text(&test, &test.outcome, "left behind: pin /a");
	test_outcome__free(&test);
}

static void a_test_has_the_text_of_its_first_failed_subtest(void **state)
{
	struct test_outcome test = { .outcome.result = RESULT_FAIL };

	add_subtest(&test, "good", RESULT_PASS);
	outcome__set_detail(add_subtest(&test, "bad", RESULT_CRASH), "crash: SIGSEGV");
	expect_text(&test, &test.outcome, "subtest bad: crash: SIGSEGV");
	add_subtest(&test, "worse", RESULT_FAIL);
	expect_text(&test, &test.outcome, "subtest bad: crash: SIGSEGV; 1 more failed");
	expect_text(&test, &test.subtests[0]->outcome, NULL);
	test_outcome__free(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_failure_has_a_text),
		cmocka_unit_test(the_detail_comes_before_the_assertion),
		cmocka_unit_test(a_test_has_the_text_of_its_first_failed_subtest),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
