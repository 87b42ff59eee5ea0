// SPDX-License-Identifier: GPL-2.0-only
/* Tests what `vmtest --bisect` makes of each way in which a run can end. */
#include "check/unit/unit_test.h"
#include "vm/host/exit_status.h"
#include "vm/host/vmtest.h"
#include "vm/verdict.h"

#define STATUS_MAX 255

static int judge(bool was_up, bool runs_test_progs, int status)
{
	const struct vmtest vm = { .was_up = was_up };

	return verdict__for_bisect(&vm, runs_test_progs, status);
}

static void a_kernel_that_does_not_come_up_cannot_be_judged(void **state)
{
	static const int statuses[] = { EXIT_NO_KERNEL, EXIT_PANIC, EXIT_BOOT_TIMEOUT,
					EXIT_NO_REPORT, EXIT_EMULATOR };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_int_equal(judge(false, true, statuses[i]), 125);
}

static void a_fault_of_the_host_or_the_user_ends_the_bisection(void **state)
{
	static const int statuses[] = { EXIT_NO_PROGRAM, EXIT_HOST_SETUP, EXIT_RESULTS_BUSY,
					EXIT_RESULTS_FULL };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		assert_int_equal(judge(false, true, statuses[i]), statuses[i]);
		assert_int_equal(judge(true, true, statuses[i]), statuses[i]);
	}
	assert_int_equal(judge(false, true, EXIT_USAGE_ERROR), 255);
	assert_int_equal(judge(true, true, EXIT_USAGE_ERROR), 255);
	assert_int_equal(judge(true, true, 2), 255);
	assert_int_equal(judge(true, false, EXIT_CANNOT_EXECUTE), 255);
	assert_int_equal(judge(true, false, EXIT_NOT_FOUND), 255);
}

static void a_kernel_that_dies_while_the_command_runs_is_bad(void **state)
{
	assert_int_equal(judge(true, false, EXIT_PANIC), 1);
	assert_int_equal(judge(true, false, EXIT_NO_REPORT), 1);
	assert_int_equal(judge(true, false, EXIT_TIMEOUT), 1);
	assert_int_equal(judge(true, false, EXIT_EMULATOR), 125);
}

static void statuses_of_test_progs_have_their_meaning(void **state)
{
	assert_int_equal(judge(true, true, 0), 0);
	assert_int_equal(judge(true, true, 1), 1);
	assert_int_equal(judge(true, true, 3), 125);
	assert_int_equal(judge(true, true, EXIT_RESTART), 1);
}

static void other_commands_are_good_with_0_and_bad_otherwise(void **state)
{
	assert_int_equal(judge(true, false, 0), 0);
	assert_int_equal(judge(true, false, 2), 1);
	assert_int_equal(judge(true, false, 64), 1);
	assert_int_equal(judge(true, false, 125), 125);
	assert_int_equal(judge(true, false, EXIT_SIGNAL_BASE + 11), 1);
}

static void a_signal_to_vmtest_ends_the_bisection(void **state)
{
	const struct vmtest ended = { .ending_signal = 2 },
			    asked = { .was_up = true, .asked_signal = 2 };

	assert_int_equal(verdict__for_bisect(&ended, true, EXIT_SIGNAL_BASE + 2), 130);
	assert_int_equal(verdict__for_bisect(&asked, true, EXIT_SIGNAL_BASE + 2), 130);
}

static void no_status_has_another_meaning_for_git(void **state)
{
	for (int i = 0; i < 4 * (STATUS_MAX + 1); i++) {
		int status = judge(i & 1, i & 2, i / 4);

		assert_true(!status || status == 1 || status == 125 || status >= 128);
		assert_int_equal(!status, !(i / 4));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_that_does_not_come_up_cannot_be_judged),
		cmocka_unit_test(a_fault_of_the_host_or_the_user_ends_the_bisection),
		cmocka_unit_test(a_kernel_that_dies_while_the_command_runs_is_bad),
		cmocka_unit_test(statuses_of_test_progs_have_their_meaning),
		cmocka_unit_test(other_commands_are_good_with_0_and_bad_otherwise),
		cmocka_unit_test(a_signal_to_vmtest_ends_the_bisection),
		cmocka_unit_test(no_status_has_another_meaning_for_git),
	};

	return cmocka_run_group_tests_name("bisect", tests, NULL, NULL);
}
