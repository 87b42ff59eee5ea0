// SPDX-License-Identifier: GPL-2.0-only
/* Tests each annotation of programs with an expectation that holds. check/mutants breaks them. */
#include "test_progs.h"
#include "annotations.skel.h"

TEST_NEEDS(annotations, NEED_PROG_TYPE(SOCKET_FILTER, "3.19", IF_CONFIG("NET")),
	   NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")), NEED_PROG_TYPE(SYSCALL, "5.14"),
	   NEED_BTF);

void test_annotations(void)
{
	RUN_TESTS(annotations);
}
