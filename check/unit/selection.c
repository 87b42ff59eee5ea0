// SPDX-License-Identifier: GPL-2.0-only
/* Selection of tests and subtests, and reports of patterns that match nothing. */
#include "check/unit/unit_test.h"
#include "runner/selection/selection.h"

/* Makes a selection like the command line; each part may be NULL. */
static void choose(struct selection *selection, const char *allow, const char *deny,
		   const char *numbers)
{
	char error[256];

	memset(selection, 0, sizeof(*selection));
	if (allow)
		assert_int_equal(name_list__parse(&selection->allow, allow, false, error,
						  sizeof(error)),
				 0);
	if (deny)
		assert_int_equal(name_list__parse(&selection->deny, deny, false, error,
						  sizeof(error)),
				 0);
	if (numbers)
		assert_int_equal(selection__set_numbers(selection, numbers, error, sizeof(error)),
				 0);
}

static void tests(void **state)
{
	static const struct {
		const char *allow, *deny, *numbers;
		bool foo, bar; /* numbers 1 and 2 */
	} cases[] = {
		/* clang-format off */
		{ NULL, NULL, NULL, true, true },
		{ "foo", NULL, NULL, true, false },
		{ "foo/x", NULL, NULL, true, false },
		{ NULL, "foo", NULL, false, true },
		{ NULL, "foo/x", NULL, true, true },
		{ NULL, "foo/x,foo", NULL, false, true },
		{ "*", "b*", NULL, true, false },
		{ NULL, NULL, "2", false, true },
		{ NULL, NULL, "2/1", false, true },
		{ "foo", NULL, "2", true, true },
		{ "foo", "foo", "1", false, false },
		/* clang-format on */
	};
	struct selection selection;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		choose(&selection, cases[i].allow, cases[i].deny, cases[i].numbers);
		if (selection__has_test(&selection, "foo", 1) != cases[i].foo ||
		    selection__has_test(&selection, "bar", 2) != cases[i].bar)
			fail_msg("case %zu", i);
		selection__free(&selection);
	}
}

static void possible_subtests(void **state)
{
	static const struct {
		const char *allow, *numbers, *pattern;
		bool may_run; /* in foo, test number 1 */
	} cases[] = {
		/* clang-format off */
		{ NULL, NULL, "x", true },
		{ "foo", NULL, "x", true },
		{ "foo/x", NULL, "x", true },
		{ "foo/x", NULL, "y", false },
		{ "foo/x", NULL, "*", true },
		{ "foo/x with link", NULL, "* with link", true },
		{ "foo/x with link", NULL, "* with link of y", false },
		{ "foo/x*", NULL, "x of y", true },
		{ "foo/x*", NULL, "y", false },
		{ "foo/x*", NULL, "*y", true },
		{ "foo/x,f*/y", NULL, "y", true },
		{ "bar/x", NULL, "x", false },
		{ "bar/x", "1", "y", true },
		{ NULL, "1/2", "y", true },
		/* clang-format on */
	};
	struct selection selection;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		choose(&selection, cases[i].allow, NULL, cases[i].numbers);
		if (selection__may_have_subtest(&selection, "foo", 1, cases[i].pattern) !=
		    cases[i].may_run)
			fail_msg("case %zu", i);
		selection__free(&selection);
	}
}

static void subtests(void **state)
{
	static const struct {
		const char *allow, *deny, *numbers;
		bool x, y; /* subtests 1 and 2 of foo, test number 1 */
	} cases[] = {
		/* clang-format off */
		{ NULL, NULL, NULL, true, true },
		{ "foo", NULL, NULL, true, true },
		{ "foo/x", NULL, NULL, true, false },
		{ "foo/x,foo", NULL, NULL, true, true },
		{ "foo/the other", NULL, NULL, false, true },
		{ NULL, "foo/x", NULL, false, true },
		{ NULL, "*/y", NULL, true, false },
		{ "foo", "foo/x", NULL, false, true },
		{ NULL, NULL, "1", true, true },
		{ NULL, NULL, "1/2", false, true },
		{ NULL, NULL, "2/2", false, false },
		/* Numbers select test 1 as a whole, whatever else is allowed. */
		{ "bar", NULL, "1", true, true },
		/* Numbers of subtests apply only to the tests that -n names. */
		{ "foo", NULL, "2/2", true, true },
		/* clang-format on */
	};
	struct selection selection;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		choose(&selection, cases[i].allow, cases[i].deny, cases[i].numbers);
		if (selection__has_subtest(&selection, "foo", 1, "x", "", 1) != cases[i].x ||
		    selection__has_subtest(&selection, "foo", 1, "y", "the other", 2) != cases[i].y)
			fail_msg("case %zu", i);
		selection__free(&selection);
	}
}

/* Returns the messages about patterns, after foo has run with its subtest x. */
static const char *unmatched(const char *allow, const char *deny, const char *numbers, int *errors)
{
	static char text[1024];
	struct selection selection;
	FILE *out;

	text[0] = '\0';
	out = fmemopen(text, sizeof(text), "w");
	choose(&selection, allow, deny, numbers);
	selection__note_test(&selection, "foo", 1);
	selection__note_test(&selection, "bar", 2);
	*errors = selection__report_unmatched(&selection, true, out);
	selection__note_subtest(&selection, "foo", 1, "x", "", 1);
	selection__note_test_has_run(&selection, "foo");
	if (!*errors)
		*errors = selection__report_unmatched(&selection, false, out);
	fclose(out);
	selection__free(&selection);
	return text;
}

static void unmatched_patterns(void **state)
{
	int errors;

	assert_string_equal(unmatched("foo", NULL, NULL, &errors), "");
	assert_int_equal(errors, 0);
	assert_string_equal(unmatched("foo/x", "foo/x", "1/1", &errors), "");
	assert_int_equal(errors, 0);
	assert_string_equal(unmatched("nosuch", NULL, NULL, &errors),
			    "error: 'nosuch' matches no test (-l lists them)\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched("nosuch/x", NULL, NULL, &errors),
			    "error: 'nosuch/x' matches no test (-l lists them)\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched("foo/nosuch", NULL, NULL, &errors),
			    "error: 'foo/nosuch' matches no subtest "
			    "(--list=all lists those that are known)\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched(NULL, "nosuch,foo/nosuch", NULL, &errors),
			    "warning: denied 'nosuch' matches no test\n"
			    "warning: denied 'foo/nosuch' matches no subtest\n");
	assert_int_equal(errors, 0);
	/* bar did not run, so it may have such a subtest. */
	assert_string_equal(unmatched(NULL, "bar/nosuch", NULL, &errors), "");
	assert_string_equal(unmatched(NULL, NULL, "7", &errors),
			    "error: -n 7: no test has such a number, the highest is 2\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched(NULL, NULL, "7/1", &errors),
			    "error: -n 7/1: no test has such a number, the highest is 2\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched(NULL, NULL, "1/7", &errors),
			    "error: -n 1/7: no subtest has such a number, the highest is 1\n");
	assert_int_equal(errors, 1);
	assert_string_equal(unmatched(NULL, NULL, "2/1", &errors),
			    "error: -n 2/1: no subtest has such a number, the tests began none\n");
	assert_int_equal(errors, 1);
}

static void later_numbers_replace_earlier(void **state)
{
	struct selection selection;
	char error[256];

	choose(&selection, NULL, NULL, "1/2");
	assert_int_equal(selection__set_numbers(&selection, "2", error, sizeof(error)), 0);
	assert_false(selection__has_test(&selection, "foo", 1));
	assert_true(selection__has_test(&selection, "bar", 2));
	assert_true(selection__has_subtest(&selection, "bar", 2, "x", "", 1));
	assert_int_equal(selection__set_numbers(&selection, "1/", error, sizeof(error)), -22);
	assert_true(selection__has_test(&selection, "bar", 2));
	selection__free(&selection);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(tests),
		cmocka_unit_test(subtests),
		cmocka_unit_test(possible_subtests),
		cmocka_unit_test(unmatched_patterns),
		cmocka_unit_test(later_numbers_replace_earlier),
	};

	return cmocka_run_group_tests_name("selection", all, NULL, NULL);
}
