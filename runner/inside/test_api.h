/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the test API that the test process itself uses as well. */
#ifndef RUNNER_INSIDE_TEST_API_H
#define RUNNER_INSIDE_TEST_API_H

#include "runner/needs/needs.h"

#define SKIP_REASON_MAX_BYTES 1024

/**
 * test_api__act_on_needs() - skip or fail the test or subtest if a requirement does not hold
 *
 * Return: true if it can run.
 */
bool test_api__act_on_needs(enum need_state state, const char *reason);

#endif
