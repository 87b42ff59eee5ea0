/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose doing a finding of the audit is. Where it can be only one test, and the machine is the run's
 * own (vmtest), that test fails. Otherwise the suspects are rerun alone, and the test that leaves the
 * same thing behind again fails.
 */
#ifndef RUNNER_BLAME_LEFT_BEHIND_H
#define RUNNER_BLAME_LEFT_BEHIND_H

#include "runner/audit/watch.h"

/**
 * left_behind__settle() - look at what is new, on behalf of a test whose processes are gone, and
 *	charge it with what can be only its own
 * @limit_ns: 0 at the first call, then until when to wait for what goes by itself
 *
 * Return: true if that is all; false: ask again soon, for something may yet go by itself.
 */
bool left_behind__settle(struct audit *audit, struct test_outcome *test, uint64_t *limit_ns);

/**
 * left_behind__end_tests() - all tests have ended: charge what is certain, and prepare the rerun of
 *	suspects for the rest
 * @may_rerun: suspects can run again
 */
void left_behind__end_tests(struct audit *audit, bool may_rerun);

/** left_behind__is_suspected() - whether a test is to be rerun alone */
bool left_behind__is_suspected(const struct audit *audit, const struct test_outcome *test);

/**
 * left_behind__convict() - a suspect that was rerun alone has left something
 * @test: with its first result, which takes over what @again was charged with
 */
void left_behind__convict(struct audit *audit, struct test_outcome *test,
			  struct test_outcome *again);

/** left_behind__restore() - bring back what was put away and is nobody's fault */
void left_behind__restore(struct audit *audit);

#endif
