/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of each feature of BPF on a kernel, by the runs on it. */
#ifndef RUNNER_EVENT_REPORTS_FEATURE_STATE_H
#define RUNNER_EVENT_REPORTS_FEATURE_STATE_H

#include "runner/event_reports/report.h"

/* Room for the names of all tests that use a feature. */
#define FEATURE_TESTS_MAX_BYTES 16384

enum feature_state_kind {
	FEATURE_WORKS,       /* a test that passed has used it */
	FEATURE_ABSENT,      /* the kernel is too old, or was built without it */
	FEATURE_BROKEN,      /* the tests that use it failed */
	FEATURE_NOT_TESTED,  /* no test that uses it has run to its end */
	FEATURE_PLACEHOLDER, /* a number that nothing can be made of */
	FEATURE_STATES_CNT,
};

/**
 * struct feature_state - what is known about a feature
 * @reason: the tests, cut to fit; since when Linux has it, or the option that is missing; why it was not tested
 */
struct feature_state {
	enum feature_state_kind kind;
	char reason[256];
};

/** feature_state__of() - judge a row of features.tsv by the runs of a column */
struct feature_state feature_state__of(const struct report *report, int column, int row);

/** feature_state__word() - such as "works" */
const char *feature_state__word(enum feature_state_kind kind);

/**
 * feature_state__tests() - the names of the tests that passed and have used a row, in order
 * @names: receives the names separated by commas, cut to fit; "" if there are none
 */
void feature_state__tests(const struct report *report, int column, int row, char *names,
			  size_t size_bytes);

/** feature_state__has_uses() - whether the runs have noted any feature; if not, say so on stderr */
bool feature_state__has_uses(const struct report *report);

#endif
