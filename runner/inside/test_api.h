/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entry points that test_progs.h offers to a test, as far as the test's own process uses them
 * too.
 */
#ifndef RUNNER_INSIDE_TEST_API_H
#define RUNNER_INSIDE_TEST_API_H

#include "runner/needs/needs.h"

#define SKIP_REASON_MAX_BYTES 1024

/**
 * test_api__act_on_needs() - skip or fail the test or subtest for a requirement
 *
 * Return: true if it can run.
 */
bool test_api__act_on_needs(enum need_state state, const char *reason);

#endif
