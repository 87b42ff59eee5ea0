/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every test needs: bpf(2), and the parts of isolation that it has. This is tried once, before
 * the first test.
 */
#ifndef RUNNER_NEEDS_SUITE_NEEDS_H
#define RUNNER_NEEDS_SUITE_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/needs/run_info.h"

#define SUITE_NEEDS_CNT 3

/* For each one of the table of suite_needs.c: what is missing, and why; NULL: it is there. */
struct suite_needs {
	char *missing[SUITE_NEEDS_CNT];
};

/**
 * suite_needs__look() - try what tests with these parts of isolation need
 * @parts: ISOLATE_* of all tests together, ~0U for any test
 *
 * The caller must be single-threaded. An error that is not a refusal is left to the test that gets
 * it: its isolation then fails.
 */
void suite_needs__look(struct suite_needs *suite, const struct run_info *info, unsigned int parts);

/**
 * suite_needs__check() - whether a test with these parts of isolation can run
 * @parts: ISOLATE_*, or ~0U for any test; a test with ISOLATE_NONE needs nothing
 * @text: set to what is missing if it cannot run
 */
bool suite_needs__check(const struct suite_needs *suite, unsigned int parts, char *text,
			size_t size_bytes);

void suite_needs__end(struct suite_needs *suite);

#endif
