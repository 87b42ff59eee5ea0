/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a test that took down the kernel or the runner. */
#ifndef RUNNER_RESUME_CONVICT_H
#define RUNNER_RESUME_CONVICT_H

#include "runner/result/event.h"

/**
 * convict__of_panic() - set the result of a test during which the kernel went down
 * @said: the kernel's last message; NULL or "": unknown
 * @suspects_cnt: number of tests that ran at that moment
 */
void convict__of_panic(struct test_outcome *test, const char *said, int suspects_cnt);

/** convict__of_kill() - set the result of a test during which the signal @killed_by ended the run */
void convict__of_kill(struct test_outcome *test, const char *killed_by, int suspects_cnt);

/** convict__end() - end the test and its open subtest with that result, and tell the event sink */
void convict__end(struct test_outcome *test, const struct event_sink *sink, int machine);

#endif
