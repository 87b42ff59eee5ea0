// SPDX-License-Identifier: GPL-2.0-only
#include "check/unit/unit_test.h"
#include "runner/schedule/locks.h"
#include "runner/selection/registry.h"

const struct test_entry test_entries[] = { { "one", NULL, NULL }, { "two", NULL, NULL } };
const int test_entries_cnt = 2;
const unsigned int test_default_isolation;

static char error[256];

/* The declarations of TEST_LOCKS() and TEST_COSTS(), but not const, so that tests change them. */
static struct test_lock list[2] = { SHARED("page_cache"), EXCLUSIVE("module:dummy") };
static struct test_locks one __attribute__((used, section("test_locks"), aligned(8)));
static struct test_locks two __attribute__((used, section("test_locks"), aligned(8)));
static struct test_costs cost_one __attribute__((used, section("test_costs"), aligned(8)));
static struct test_costs cost_two __attribute__((used, section("test_costs"), aligned(8)));

static int valid(void **state)
{
	one = (struct test_locks){ "one", list, 2 };
	two = (struct test_locks){ "two", list + 1, 1 };
	cost_one = (struct test_costs){ .test = "one", CPUS(2), MEMORY_MIB(5) };
	cost_two = (struct test_costs){ .test = "two" };
	list[0] = (struct test_lock)SHARED("page_cache");
	return 0;
}

static const char *problem(void)
{
	return locks__check_declarations(error, sizeof(error)) ? error : "none";
}

static void names(void **state)
{
	static const char *const good[] = {
		"page_cache", "perf_rate",   "trace_pipe",   "trampoline:f",
		"init_netns", "cgroup_root", "sysctl:a.b-c", "module:m",
	};
	static const char *const bad[] = {
		"",        "page",   "page_cache2", "page_cache:x", "trampoline", "trampoline:",
		"sysctl:", "module", " page_cache",
	};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!locks__is_valid_name(good[i]))
			fail_msg("'%s' was refused", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (locks__is_valid_name(bad[i]))
			fail_msg("'%s' was accepted", bad[i]);
	}
}

static void declarations(void **state)
{
	assert_string_equal(problem(), "none");
	assert_ptr_equal(locks__of("two"), &two);
	assert_ptr_equal(costs__of("one"), &cost_one);
	assert_null(locks__of("three"));
	one.test = "three";
	assert_string_equal(problem(), "TEST_LOCKS of 'three', and there is no such test");
	one.test = "two";
	assert_non_null(strstr(problem(), "TEST_LOCKS of 'two' stands twice"));
	valid(NULL);
	list[0].name = "pagecache";
	assert_string_equal(
		problem(),
		"TEST_LOCKS of 'one': there is no lock 'pagecache', see test_schedule.h");
	list[0].name = list[1].name;
	assert_string_equal(problem(), "TEST_LOCKS of 'one' has 'module:dummy' twice");
	valid(NULL);
	cost_two.test = "three";
	assert_string_equal(problem(), "TEST_COSTS of 'three', and there is no such test");
	cost_two.test = "one";
	assert_non_null(strstr(problem(), "TEST_COSTS of 'one' stands twice"));
	valid(NULL);
	cost_one.cpus = -1;
	assert_string_equal(problem(), "TEST_COSTS of 'one' has a negative number");
}

static void conflicts(void **state)
{
	static const struct test_lock other[] = { SHARED("page_cache"), SHARED("module:dummy") };
	const struct test_locks all = { "all", other, 2 }, some = { "some", other, 1 };

	assert_false(locks__conflict(NULL, NULL));
	assert_false(locks__conflict(&one, NULL));
	assert_false(locks__conflict(&all, &all));
	assert_false(locks__conflict(&one, &some));
	assert_true(locks__conflict(&one, &all));
	assert_true(locks__conflict(&all, &one));
	assert_true(locks__conflict(&one, &one));
	assert_true(locks__conflict(&two, &one));
	assert_false(locks__conflict(&two, &some));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(names, valid),
		cmocka_unit_test_setup(declarations, valid),
		cmocka_unit_test_setup(conflicts, valid),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
