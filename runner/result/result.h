/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outcome of a test or a subtest: how it ended, and what is known about it. Only the event loop
 * writes it; the reports read it.
 */
#ifndef RUNNER_RESULT_RESULT_H
#define RUNNER_RESULT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/selection/registry.h"
#include "runner/text/capped_log.h"

enum result {
	RESULT_NOTRUN, /* selected, but the run ended before it */
	RESULT_PASS,
	RESULT_SKIP,
	RESULT_FAIL,      /* an assertion failed, or the test could not be isolated */
	RESULT_TIMEOUT,   /* killed at its deadline */
	RESULT_CRASH,     /* ended by a signal */
	RESULT_LOST,      /* ended without reporting a result */
	RESULT_UNREACHED, /* a subtest that earlier runs reached, and this one did not */
	RESULT_SPLAT,     /* the kernel logged an error that it caused */
	RESULT_PANIC,     /* the kernel went down */
};

/** result__word() - the word of a result in JSON: `PASS`, `FAIL`, ... */
const char *result__word(enum result result);

/** result__from_word() - the result for such a word; RESULT_NOTRUN for any other word */
enum result result__from_word(const char *word);

/** result__is_failure() - whether it makes the exit status 1; a NOTRUN alone does not */
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
	uint64_t lost; /* packets that are missing in the file */
};

/* The fields that a test and a subtest have in common. */
struct outcome {
	char *name;
	int number;
	enum result result;
	char *detail; /* reason of a skip, or kind of a failure; NULL: none */
	bool force_log;
	bool skipped; /* it was marked as skipped; the result depends on failures too */
	int failures; /* assertions that failed */
	char *splat;  /* title of the first splat that it is charged with, or NULL */
	struct failed_assertion first_failure;
	struct packet_capture *captures;
	int captures_cnt;
	struct capped_log log;
	uint64_t begin_ns, end_ns;
};

struct subtest_outcome {
	struct outcome outcome;
	bool is_open;
	bool was_cut_short; /* the test ended in this subtest */
};

struct test_outcome {
	struct outcome outcome;
	const struct test_entry *entry;
	int attempts; /* how often it was started; more than once if it was rerun */
	struct subtest_outcome **subtests; /* those that ran, in the order in which they began */
	int subtests_cnt;
	int subtests_room;
	bool is_running;
	int subtests_seen;               /* including those that the selection left out */
	bool is_whole;                   /* the test has ended, and no subtest was left out */
	uint64_t cgroup_id, netns_inode; /* its own cgroup and namespace; 0: it has none */
	int left_processes;              /* processes that it left behind; the runner killed them */
	char **left_behind;              /* names of everything that it left, processes included */
	int left_cnt;
	bool skip_is_derived; /* all its subtests were skipped, the test itself was not */
};

/**
 * test_outcome__add_subtest() - append an open subtest
 * @name: copied
 *
 * Return: the subtest, owned by @test; NULL when out of memory.
 */
struct subtest_outcome *test_outcome__add_subtest(struct test_outcome *test, const char *name,
						  int number);

/** test_outcome__open_subtest() - the subtest that has begun and not ended, or NULL */
struct subtest_outcome *test_outcome__open_subtest(struct test_outcome *test);

/** outcome__set_detail() - replace the detail */
void outcome__set_detail(struct outcome *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** outcome__finish() - turn marks and failures into a result, unless there is one already */
void outcome__finish(struct outcome *outcome);

/**
 * test_outcome__finish() - the same for a test, from its own marks and its subtests
 *
 * Ends a subtest that is still open. A test fails if anything in it failed. It is skipped if it was
 * marked outside of a subtest, or if all its subtests were skipped or left out.
 */
void test_outcome__finish(struct test_outcome *test);

/** test_outcome__add_left() - note that the test has left something behind; @what is copied */
void test_outcome__add_left(struct test_outcome *test, const char *what);

/**
 * test_outcome__fail_for_left() - let a test that has left something fail, unless its result is
 *	worse
 *
 * This also changes a result that was final before.
 */
void test_outcome__fail_for_left(struct test_outcome *test);

/** test_outcome__skipped_subtests() - the number of subtests that were skipped */
int test_outcome__skipped_subtests(const struct test_outcome *test);

/** test_outcome__free() - free everything in it */
void test_outcome__free(struct test_outcome *test);

#endif
