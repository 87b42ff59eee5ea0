// SPDX-License-Identifier: GPL-2.0-only
/* Patterns for names. */
#include "check/unit/unit_test.h"
#include "runner/text/glob.h"

static void matches(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool expected;
	} cases[] = {
		{ "", "", true },
		{ "", "*", true },
		{ "a", "", false },
		{ "", "a", false },
		{ "abc", "abc", true },
		{ "abc", "ab", false },
		{ "ab", "abc", false },
		{ "abc", "*", true },
		{ "abc", "***", true },
		{ "abc", "a*", true },
		{ "abc", "*c", true },
		{ "abc", "*b*", true },
		{ "abc", "a*c", true },
		{ "abc", "a*d", false },
		{ "abcbc", "a*bc", true },
		{ "aXbXc", "a*b*c", true },
		{ "aXbXd", "a*b*c", false },
		{ "mississippi", "m*iss*p*i", true },
		{ "mississippi", "*issip*ss*", false },
		/* Case counts, and only the star is special. */
		{ "abc", "ABC", false },
		{ "abc", "a?c", false },
		{ "a?c", "a?c", true },
		{ "abc", "[a]bc", false },
		{ "[a]bc", "[a]bc", true },
		{ "a\\*", "a\\*", true },
		/* A star in the text is an ordinary character. */
		{ "a*c", "a*c", true },
		{ "*", "a", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (glob__match(cases[i].text, cases[i].pattern) != cases[i].expected)
			fail_msg("'%s' against '%s' should be %d", cases[i].text, cases[i].pattern,
				 cases[i].expected);
	}
}

/* A matcher that backtracks to every star takes exponential time: 40 stars would never end. */
static void many_stars_take_no_time(void **state)
{
	char text[4096], pattern[128];
	int i;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (i = 0; i < 40; i++)
		strcpy(pattern + 2 * i, "a*");
	strcpy(pattern + 80, "b");
	assert_false(glob__match(text, pattern));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(many_stars_take_no_time),
	};

	return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
