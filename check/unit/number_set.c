// SPDX-License-Identifier: GPL-2.0-only
/* Lists of numbers that -n accepts and refuses. */
#include "check/unit/unit_test.h"
#include "runner/selection/number_set.h"

/* Returns a '1' for each number from 1 to 12 in the list, else '0'; NULL if it is refused. */
static const char *members(const char *list)
{
	static char text[13];
	struct number_set set = {};
	char error[256] = "";
	int i;

	if (number_set__parse(&set, list, strlen(list), error, sizeof(error))) {
		assert_non_null(strstr(error, "list of numbers"));
		assert_null(set.ranges);
		return NULL;
	}
	for (i = 1; i <= 12; i++)
		text[i - 1] = number_set__has(&set, i) ? '1' : '0';
	number_set__free(&set);
	return text;
}

static void accepted(void **state)
{
	assert_string_equal(members("1"), "100000000000");
	assert_string_equal(members("12"), "000000000001");
	assert_string_equal(members("3,1"), "101000000000");
	assert_string_equal(members("2-4"), "011100000000");
	assert_string_equal(members("5-5"), "000010000000");
	assert_string_equal(members("1,3-5,9,"), "101110001000");
	assert_string_equal(members("2-3,3-4,3"), "011100000000");
	assert_string_equal(members("007"), "000000100000");
	assert_string_equal(members("1000000"), "000000000000");
}

static void refused(void **state)
{
	static const char *const lists[] = {
		"",    ",",   ",1",    "1,,2", "0",   "-1",      "1-",
		"-",   "4-2", "1-2-3", "a",    "1a",  "a1",      "1 ",
		" 1",  "+1",  "0x1",   "1.5",  "0-3", "1000001", "99999999999999999999",
		"1/2", "1;2",
	};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (members(lists[i]))
			fail_msg("'%s' was accepted", lists[i]);
	}
}

static void length_is_a_limit(void **state)
{
	struct number_set set = {};
	char error[256];

	assert_int_equal(number_set__parse(&set, "12/34", 2, error, sizeof(error)), 0);
	assert_true(number_set__has(&set, 12));
	assert_false(number_set__has(&set, 34));
	number_set__free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(refused),
		cmocka_unit_test(length_is_a_limit),
	};

	return cmocka_run_group_tests_name("number_set", tests, NULL, NULL);
}
