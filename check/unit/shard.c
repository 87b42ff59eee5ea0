// SPDX-License-Identifier: GPL-2.0-only
/* The division of tests into shards, and the shard numbers in the environment. */
#include "check/unit/unit_test.h"
#include "runner/selection/shard.h"

static char error[256];

static const char *const variables[] = {
	"TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS",
	"GTEST_SHARD_INDEX", "JOB_COMPLETIONS",  "JOB_COMPLETION_INDEX",
};

static int no_environment(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	return 0;
}

static void texts(void **state)
{
	static const char *const bad[] = {
		"",         "/",
		"1",        "1/",
		"/1",       "0/1",
		"2/1",      "1/0",
		"-1/2",     "+1/2",
		"1/2/3",    "1/ 2",
		"1/100001", "99999999999999999999/99999999999999999999"
	};
	struct shard shard = {};
	size_t i;

	assert_int_equal(shard__parse(&shard, "2/3", error, sizeof(error)), 0);
	assert_int_equal(shard.number, 2);
	assert_int_equal(shard.total, 3);
	assert_int_equal(shard__parse(&shard, "100000/100000", error, sizeof(error)), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!shard__parse(&shard, bad[i], error, sizeof(error)))
			fail_msg("'%s' was accepted", bad[i]);
	}
}

/* Every test is in exactly one shard, and the sizes of the shards differ by at most one. */
static void parts(void **state)
{
	struct shard shard = {};
	int total, place, cnt, in, least, most;

	assert_true(shard__has(&shard, 5));
	for (total = 1; total < 20; total++) {
		for (cnt = 0; cnt < 60; cnt++) {
			least = cnt;
			most = 0;
			for (shard.number = 1; shard.number <= total; shard.number++) {
				shard.total = total;
				for (in = place = 0; place < cnt; place++)
					in += shard__has(&shard, place);
				least = in < least ? in : least;
				most = in > most ? in : most;
			}
			assert_true(most - least <= 1);
		}
		for (place = 0; place < 60; place++) {
			for (in = 0, shard.number = 1; shard.number <= total; shard.number++)
				in += shard__has(&shard, place);
			assert_int_equal(in, 1);
		}
	}
}

static int from_environment(int expected, const char *total, const char *index)
{
	struct shard shard = {};

	if (expected)
		setenv(total, "3", 1);
	setenv(index, "1", 1);
	assert_int_equal(shard__from_environment(&shard, error, sizeof(error)), 0);
	assert_int_equal(shard.total, expected);
	assert_int_equal(shard.number, expected ? 2 : 0);
	return no_environment(NULL);
}

static void environment(void **state)
{
	struct shard shard = {};

	assert_int_equal(shard__from_environment(&shard, error, sizeof(error)), 0);
	assert_int_equal(shard.total, 0);
	from_environment(3, "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX");
	from_environment(3, "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX");
	from_environment(3, "JOB_COMPLETIONS", "JOB_COMPLETION_INDEX");
	from_environment(0, "JOB_COMPLETIONS", "JOB_COMPLETION_INDEX");
	setenv("TEST_SHARD_INDEX", "1", 1);
	assert_int_not_equal(shard__from_environment(&shard, error, sizeof(error)), 0);
	setenv("TEST_TOTAL_SHARDS", "1", 1);
	assert_int_not_equal(shard__from_environment(&shard, error, sizeof(error)), 0);
	assert_string_equal(
		error,
		"TEST_TOTAL_SHARDS is '1' and TEST_SHARD_INDEX is '1': the first must be the "
		"number of shards, the second the shard to run, counted from 0");
	setenv("TEST_SHARD_INDEX", "0", 1);
	assert_int_equal(shard__from_environment(&shard, error, sizeof(error)), 0);
	no_environment(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(texts, no_environment),
		cmocka_unit_test_setup(parts, no_environment),
		cmocka_unit_test_setup(environment, no_environment),
	};

	return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
