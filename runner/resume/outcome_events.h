/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts the events of one test back into its outcome: events of an earlier part of the run, or of
 * another machine. Has no other effects.
 */
#ifndef RUNNER_RESUME_OUTCOME_EVENTS_H
#define RUNNER_RESUME_OUTCOME_EVENTS_H

#include "runner/result/result.h"

struct json_object;

/**
 * outcome_events__where() - the outcome that an event is about
 *
 * A subtest that the test does not have yet is added.
 *
 * Return: the test's own outcome if the event names no subtest; NULL when out of memory.
 */
struct outcome *outcome_events__where(struct test_outcome *test, struct json_object *event);

/** outcome_events__take_failure() - take a failed assertion, and its line for the log */
void outcome_events__take_failure(struct outcome *outcome, struct json_object *event);

/**
 * outcome_events__take_result() - take the result of a test or subtest that has ended
 * @outcome: that of @test or of one of its subtests
 */
void outcome_events__take_result(const struct test_outcome *test, struct outcome *outcome,
				 struct json_object *event);

/** outcome_events__forget() - reset a test to the state before it ran */
void outcome_events__forget(struct test_outcome *test);

#endif
