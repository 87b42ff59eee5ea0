/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every test needs: bpf(2), and the parts of isolation that it has. This is tried once, before
 * the first test.
 */
#ifndef RUNNER_NEEDS_SUITE_NEEDS_H
#define RUNNER_NEEDS_SUITE_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/needs/need_state.h"
#include "runner/needs/run_info.h"

#define SUITE_NEEDS_CNT 4

/* One row of the table of suite_needs.c, looked up. */
struct suite_need_found {
	enum need_state state;
	bool is_refused; /* the kernel has it, and does not permit it */
	char *why;       /* why it is absent, or NULL */
};

struct suite_needs {
	struct suite_need_found found[SUITE_NEEDS_CNT];
};

/**
 * suite_needs__look() - try what tests with these parts of isolation need
 * @parts: ISOLATE_* of all tests together, ~0U for any test
 *
 * The caller must be single-threaded.
 */
void suite_needs__look(struct suite_needs *suite, const struct run_info *info, unsigned int parts);

/**
 * suite_needs__describe() - describe all that is in one state
 * @parts: ISOLATE_*, or ~0U for any test; a test with ISOLATE_NONE needs nothing
 * @state: NEED_MISSING or NEED_LOST
 * @text: set to what is absent, and why; otherwise empty
 *
 * Return: whether something is in that state.
 */
bool suite_needs__describe(const struct suite_needs *suite, unsigned int parts,
			   enum need_state state, char *text, size_t size_bytes);

/**
 * suite_needs__check() - whether a test with these parts of isolation can run
 * @parts: as for suite_needs__describe()
 * @text: set to what is absent, and why, if it cannot run
 *
 * Return: NEED_HOLDS, or the worst state of all that the test needs.
 */
enum need_state suite_needs__check(const struct suite_needs *suite, unsigned int parts, char *text,
				   size_t size_bytes);

void suite_needs__end(struct suite_needs *suite);

#endif
