// SPDX-License-Identifier: GPL-2.0-only
/* Global functions, of which the verifier knows only the types. The expectations are in progs/. */
#include "test_progs.h"
#include "testing_helpers.h"
#include "test_global_funcs.skel.h"
#include "test_global_funcs_void.skel.h"

static int void_functions_load(void)
{
	struct test_global_funcs_void *skel = test_global_funcs_void__open_and_load();
	int loads = !!skel;

	test_global_funcs_void__destroy(skel);
	return loads;
}

TEST_NEEDS(test_global_funcs, NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")), NEED_BTF);
/* Measured: 7.1.13 accepts them, 7.0.13 refuses them. */
SUBTEST_NEEDS(test_global_funcs, "void: *",
	      NEED_PROBE("global function that returns nothing", "7.1", void_functions_load));

void test_test_global_funcs(void)
{
	RUN_TESTS(test_global_funcs);
	RUN_TESTS(test_global_funcs_void);
}
