/* SPDX-License-Identifier: GPL-2.0-only */
/* The test side: the code that runs in the process that is forked for a test. */
#ifndef RUNNER_INSIDE_TEST_PROCESS_H
#define RUNNER_INSIDE_TEST_PROCESS_H

#include "runner/inside/channel.h"

/* Exit statuses of a test process, for the runner. None of them alone is a result. */
enum test_process_exit {
	TEST_PROCESS_ENDED = 0,
	TEST_PROCESS_ISOLATION_FAILED = 97,
	TEST_PROCESS_CHILD_RETURNED = 98,
	TEST_PROCESS_CHANNEL_LOST = 99,
};

/** test_process__run() - isolate this process, run the test function, report, exit */
void test_process__run(const struct test_process_setup *setup) __attribute__((noreturn));

#endif
