/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charges findings of the audit to tests. In a guest of vmtest, where nobody else lives, a finding
 * with one suspect is charged to it and removed at once. With several suspects it is removed, and
 * they are rerun alone: the one that leaves the same thing again is charged. On a machine with
 * others nothing is charged or removed; the report names what is left.
 */
#ifndef RUNNER_BLAME_LEFT_BEHIND_H
#define RUNNER_BLAME_LEFT_BEHIND_H

#include "runner/audit/watch.h"

/**
 * left_behind__settle() - look at what is new, on behalf of a test whose processes are gone, and
 *	charge it with what can be only its own
 * @limit_ns: 0 at the first call, then until when to wait for what frees itself
 *
 * Return: true if that is all; false: ask again soon, for something may yet go by itself.
 */
bool left_behind__settle(struct audit *audit, struct test_outcome *test, uint64_t *limit_ns);

/**
 * left_behind__end_tests() - all tests have ended: what is left now awaits the rerun of its
 *	suspects
 */
void left_behind__end_tests(struct audit *audit);

/** left_behind__is_suspected() - whether a test is to be rerun alone */
bool left_behind__is_suspected(const struct audit *audit, const struct test_outcome *test);

/**
 * left_behind__convict() - a suspect that was rerun alone has left something
 * @test: with its first result, which takes over what @again was charged with
 */
void left_behind__convict(struct audit *audit, struct test_outcome *test,
			  struct test_outcome *again);

/**
 * left_behind__end_rerun() - all suspects have run: look once more; what is there is not explained
 */
void left_behind__end_rerun(struct audit *audit);

#endif
