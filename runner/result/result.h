/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a test or a subtest ended, and what is known about it. Filled in by the event loop alone,
 * read by the reports.
 */
#ifndef RUNNER_RESULT_RESULT_H
#define RUNNER_RESULT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/selection/registry.h"
#include "runner/text/capped_log.h"

enum result {
	RESULT_NOTRUN, /* selected, and the run ended before it */
	RESULT_PASS,
	RESULT_SKIP,
	RESULT_FAIL,      /* an assertion did not hold, or the test could not be isolated */
	RESULT_TIMEOUT,   /* killed at its deadline */
	RESULT_CRASH,     /* ended by a signal */
	RESULT_LOST,      /* ended without saying how */
	RESULT_UNREACHED, /* a subtest that earlier runs came to, and this one did not */
	RESULT_SPLAT,     /* the kernel logged something bad on its account */
	RESULT_PANIC,     /* the kernel went down */
};

/** result__word() - `PASS`, `FAIL`, ...: the word of a result in JSON */
const char *result__word(enum result result);

/** result__from_word() - the result of such a word; RESULT_NOTRUN for any other */
enum result result__from_word(const char *word);

/**
 * result__is_failure() - whether it makes the exit status 1; NOTRUN of a test does not by itself
 */
bool result__is_failure(enum result result);

/* The first assertion that failed. */
struct failed_assertion {
	char *file, *func, *text;
	int line;
};

/* A file with packets (-m). */
struct packet_capture {
	char *file;
	uint64_t packets;
	uint64_t lost; /* that it does not have */
};

/* The fields that a test and a subtest have in common. */
struct outcome {
	char *name;
	int number;
	enum result result;
	char *detail; /* skip reason, or what kind of failure; NULL if there is none */
	bool force_log;
	bool skipped; /* marked so; the result depends on failures too */
	int failures; /* assertions that did not hold */
	char *splat;  /* title of the first one that it is charged with, or NULL */
	struct failed_assertion first_failure;
	struct packet_capture *captures;
	int captures_cnt;
	struct capped_log log;
	uint64_t begin_ns, end_ns;
};

struct subtest_outcome {
	struct outcome outcome;
	bool is_open;
	bool was_cut_short; /* the test ended in it */
};

struct test_outcome {
	struct outcome outcome;
	const struct test_entry *entry;
	int attempts; /* times that it was begun: more than one if it ran again alone */
	struct subtest_outcome **subtests; /* the ones that ran, in the order they began */
	int subtests_cnt;
	int subtests_room;
	bool is_running;
	int subtests_seen;               /* with the ones that the selection left out */
	bool is_whole;                   /* it came to its end, and no subtest was left out */
	uint64_t cgroup_id, netns_inode; /* of its own ones; 0: it has none */
	int left_processes;              /* that it left behind, killed by the runner */
	char **left_behind; /* what else, or the same by name: see test_outcome__add_left() */
	int left_cnt;
	bool skip_is_derived; /* all its subtests were skipped, it said nothing itself */
};

/**
 * test_outcome__add_subtest() - append an open subtest
 * @name: copied
 *
 * Return: it, owned by @test; NULL when out of memory.
 */
struct subtest_outcome *test_outcome__add_subtest(struct test_outcome *test, const char *name,
						  int number);

/** test_outcome__open_subtest() - the one that has begun and not ended, or NULL */
struct subtest_outcome *test_outcome__open_subtest(struct test_outcome *test);

/** outcome__set_detail() - replace the detail */
void outcome__set_detail(struct outcome *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** outcome__finish() - turn marks and failures into a result, unless it has one already */
void outcome__finish(struct outcome *outcome);

/**
 * test_outcome__finish() - the same for a test, from its own marks and its subtests
 *
 * Ends a subtest that is still open. A test fails if anything in it failed, and is skipped if it
 * said so outside of a subtest, or if all its subtests were skipped or left out.
 */
void test_outcome__finish(struct test_outcome *test);

/** test_outcome__add_left() - the test has left something on the machine: @what is copied */
void test_outcome__add_left(struct test_outcome *test, const char *what);

/**
 * test_outcome__fail_for_left() - a test that has left something fails, unless its result is worse
 *
 * Also one that had its result already.
 */
void test_outcome__fail_for_left(struct test_outcome *test);

/** test_outcome__skipped_subtests() - how many of those that ran were skipped */
int test_outcome__skipped_subtests(const struct test_outcome *test);

/** test_outcome__free() - free everything in it */
void test_outcome__free(struct test_outcome *test);

#endif
