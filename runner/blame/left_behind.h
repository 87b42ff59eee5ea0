/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charges findings of the audit to tests. In a guest of vmtest, where only the run makes objects, a
 * finding with one suspect is charged to it and removed at once. If there are several suspects, the
 * object is removed and they are rerun alone: the one that leaves the same thing again is charged.
 * On a machine with other users nothing is charged or removed, and the report only names what is
 * left.
 */
#ifndef RUNNER_BLAME_LEFT_BEHIND_H
#define RUNNER_BLAME_LEFT_BEHIND_H

#include "runner/audit/watch.h"

/**
 * left_behind__settle() - after the processes of a test are gone: look for new objects, and charge
 *	the test with the objects that only it can have made
 * @limit_ns: 0 in the first call; set to the time until which to wait for objects that free
 *	themselves
 *
 * Return: true if that is all; false: ask again soon, because something may still go away by
 * itself.
 */
bool left_behind__settle(struct audit *audit, struct test_outcome *test, uint64_t *limit_ns);

/**
 * left_behind__end_tests() - after all tests have ended: keep the findings that are left for the
 *	rerun of their suspects
 */
void left_behind__end_tests(struct audit *audit);

/** left_behind__is_suspected() - whether a test has to be rerun alone */
bool left_behind__is_suspected(const struct audit *audit, const struct test_outcome *test);

/** left_behind__may_be_suspected() - whether a test may have to be rerun alone, as far as is known */
bool left_behind__may_be_suspected(const struct audit *audit, const struct test_outcome *test);

/**
 * left_behind__convict() - a suspect that was rerun alone has left something behind
 * @test: has the first result, and takes over what @again was charged with
 */
void left_behind__convict(struct audit *audit, struct test_outcome *test,
			  struct test_outcome *again);

/** left_behind__end_rerun() - look once more after all reruns; findings then stay unexplained */
void left_behind__end_rerun(struct audit *audit);

#endif
