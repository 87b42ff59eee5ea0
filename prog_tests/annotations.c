// SPDX-License-Identifier: GPL-2.0-only
/* The annotations of programs, each with an expectation that holds. check/mutants breaks them. */
#include "test_progs.h"
#include "annotations.skel.h"

void test_annotations(void)
{
	RUN_TESTS(annotations);
}
