/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests of a kernel tree include this in front of the tree's own test_progs.h. Its assertions
 * then report file and line. The tree's own print them to the log only. Skips get a reason. cc.sh compiles a test
 * without this file if the tree's assertions take other arguments.
 */
#ifndef TREE_INCLUDE_TEST_PROGS_H
#define TREE_INCLUDE_TEST_PROGS_H

#include_next <test_progs.h>

#include "../adapter.h"

#if defined(_CHECK) && defined(CHECK_FAIL) && defined(PRINT_FAIL)
#undef _CHECK
#undef CHECK_FAIL
#undef PRINT_FAIL

#define _CHECK(failed, tag, duration, format...)                                                \
	({                                                                                      \
		bool failed_ = (failed);                                                        \
		int saved_errno_ = errno;                                                       \
		if (failed_)                                                                    \
			adapter__fail(__FILE__, __LINE__, __func__, tag, format);               \
		else if (env.verbosity > VERBOSE_NONE)                                          \
			printf("%s:PASS:%s %lld nsec\n", __func__, tag, (long long)(duration)); \
		errno = saved_errno_;                                                           \
		failed_;                                                                        \
	})

#define CHECK_FAIL(failed)                                                               \
	({                                                                               \
		bool failed_ = (failed);                                                 \
		int saved_errno_ = errno;                                                \
		if (failed_)                                                             \
			adapter__fail(__FILE__, __LINE__, __func__, #failed, "is true"); \
		errno = saved_errno_;                                                    \
		failed_;                                                                 \
	})

#define PRINT_FAIL(format...) adapter__fail(__FILE__, __LINE__, __func__, "failed", format)
#endif

#define test__skip() adapter__skip()
#define test__fail() adapter__fail(__FILE__, __LINE__, __func__, "test__fail", "called")

#endif
