// SPDX-License-Identifier: GPL-2.0-only
/* Global functions, which the verifier takes by their types alone; expectations stand in progs/. */
#include "test_progs.h"
#include "testing_helpers.h"
#include "test_global_funcs.skel.h"
#include "test_global_funcs_void.skel.h"

static bool void_functions_load(void)
{
	struct test_global_funcs_void *skel = test_global_funcs_void__open_and_load();
	bool loads = skel;

	test_global_funcs_void__destroy(skel);
	return loads;
}

void test_test_global_funcs(void)
{
	RUN_TESTS(test_global_funcs);
	/* Measured: 7.1.13 takes them, 7.0.13 does not. */
	if (kernel_is_at_least(7, 1) || void_functions_load())
		RUN_TESTS(test_global_funcs_void);
	else if (test__start_subtest("void"))
		test__skip_reason("global functions may return nothing since Linux 7.1");
}
