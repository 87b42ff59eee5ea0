/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outcome of a test or a subtest: its result, its failures, its log. Only the event loop writes
 * outcomes; the reports read them.
 */
#ifndef RUNNER_RESULT_RESULT_H
#define RUNNER_RESULT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/mutation/order.h"
#include "runner/selection/registry.h"
#include "runner/text/capped_log.h"

enum result {
	RESULT_NOTRUN, /* the run ended before the test started */
	RESULT_PASS,
	RESULT_SKIP,
	RESULT_FAIL,        /* an assertion failed, or the test could not be isolated */
	RESULT_TIMEOUT,     /* the runner killed the test at its deadline */
	RESULT_CRASH,       /* a signal ended the test */
	RESULT_LOST,        /* the test ended without reporting a result */
	RESULT_UNREACHED,   /* a subtest that earlier runs reached, and this one did not */
	RESULT_SPLAT,       /* the kernel logged an error that the test caused */
	RESULT_PANIC,       /* the kernel went down while the test ran */
	RESULT_INTERRUPTED, /* the run was stopped while the test ran; nothing had failed so far */
};

/** result__word() - the word for a result in JSON, such as `PASS` and `FAIL` */
const char *result__word(enum result result);

/** result__from_word() - the result for a word of result__word(); any other: RESULT_NOTRUN */
enum result result__from_word(const char *word);

/** result__is_known() - whether a text, or NULL, is a word of a test that has ended */
bool result__is_known(const char *word);

/** result__is_failure() - whether a result makes the exit status 1; RESULT_NOTRUN does not */
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
	uint64_t lost; /* number of packets that are missing in the file */
};

/* The fields that a test and a subtest have in common. */
struct outcome {
	char *name;
	int number;
	enum result result;
	char *detail; /* reason of a skip, or kind of a failure; or NULL */
	bool force_log;
	bool skipped; /* the test asked to be skipped; the result depends on failures too */
	int failures; /* number of assertions that failed */
	char *splat;  /* title of the first splat that the test is charged with, or NULL */
	struct failed_assertion first_failure;
	struct packet_capture *captures;
	int captures_cnt;
	struct capped_log log;
	uint64_t begin_ns, end_ns;
};

struct subtest_outcome {
	struct outcome outcome;
	bool is_open;
};

struct test_outcome {
	struct outcome outcome;
	const struct test_entry *entry;
	int attempts; /* number of times that the test was started; above 1 if it was rerun */
	struct subtest_outcome **subtests; /* the subtests that ran, in the order of their starts */
	int subtests_cnt;
	int subtests_room;
	bool is_running;
	int subtests_seen;               /* number of subtests, with those that were not selected */
	bool is_whole;                   /* the test has ended, and no subtest was left out */
	uint64_t cgroup_id, netns_inode; /* the test's own cgroup and namespace; 0: none */
	int left_processes;              /* number of processes that were left behind */
	char **left_behind;              /* names of all leftovers, processes included */
	int left_cnt;
	const struct mutation_order *mutation; /* what --mutate does with the test; or NULL */
	bool waits_for_rerun; /* in an earlier part of the run its status line was not printed yet */
	bool skip_is_derived; /* the test is skipped only because all its subtests were skipped */
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

/** outcome__set_detail() - replace the reason or kind in @outcome->detail */
void outcome__set_detail(struct outcome *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * outcome__finish() - decide the result by failures and skips, unless it is decided already
 *
 * A skip without a reason gets the last line of the log as its reason, if there is any.
 */
void outcome__finish(struct outcome *outcome);

/**
 * test_outcome__finish() - decide the result of a test, from its own failures and its subtests
 *
 * A subtest that is still open ends. A test fails if anything in it failed. A test is skipped if it
 * asked for that outside of a subtest, or if all its subtests were skipped or left out.
 */
void test_outcome__finish(struct test_outcome *test);

/**
 * test_outcome__explain() - why a test or subtest failed or was skipped
 * @outcome: that of @test or of one of its subtests
 *
 * The text is the detail, or else the first assertion that failed, or else that of the first subtest
 * that failed. It is never empty.
 *
 * Return: the text, to be freed by the caller; NULL for another result, or when out of memory.
 */
char *test_outcome__explain(const struct test_outcome *test, const struct outcome *outcome);

/** test_outcome__ended_in_subtest() - whether the last subtest says why the test failed */
bool test_outcome__ended_in_subtest(const struct test_outcome *test);

/** test_outcome__add_left() - note that the test has left something behind; @what is copied */
void test_outcome__add_left(struct test_outcome *test, const char *what);

/**
 * test_outcome__tolerates() - whether a test may leave something behind (TEST_TOLERATES)
 *
 * Return: the declared reason, or NULL.
 */
const char *test_outcome__tolerates(const struct test_outcome *test, const char *what);

/**
 * test_outcome__fail_for_left() - fail a test for its leftovers, unless its result is worse
 *
 * Tolerated leftovers do not count.
 * The call also changes a result that was final before.
 */
void test_outcome__fail_for_left(struct test_outcome *test);

/** test_outcome__skipped_subtests() - the number of subtests that were skipped */
int test_outcome__skipped_subtests(const struct test_outcome *test);

/** test_outcome__free() - free the strings, subtests and logs of a test */
void test_outcome__free(struct test_outcome *test);

#endif
