/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event stream: what happens in a run, as it happens, one JSON object a line. docs/results.md
 * has the schema. Each line is one write(2), so that a runner that is killed leaves whole lines.
 */
#ifndef RUNNER_REPORTS_EVENT_STREAM_H
#define RUNNER_REPORTS_EVENT_STREAM_H

#include <stdint.h>

#include "runner/records/record.h"
#include "runner/result/result.h"

#define EVENTS_VERSION 1

struct run_info;
struct run_totals;
struct splat;

struct events {
	int fd;            /* -1: nobody wants them */
	int journal_fd;    /* flushed before what has happened goes on; or -1 */
	int error;         /* the first that a write had: a negative errno */
	uint64_t start_ns; /* events have the time since then */
};

/**
 * events__copy() - what an earlier part of the run has left, whole lines
 * @fd: of the events or the journal
 */
void events__copy(struct events *events, int fd, const char *text, size_t len_bytes);

/** events__run_begin() - the first event: what the run is and runs on */
void events__run_begin(struct events *events, const struct run_info *info, int tests_cnt, int jobs);

/**
 * events__test_begin() - a test was started as process @pid
 * @is_again: it has run, and runs again alone as a suspect of a splat, or of having left something
 * @is_alone: it did not end before the run was cut short, and runs alone as a suspect of that
 */
void events__test_begin(struct events *events, const struct test_outcome *test, int pid,
			bool is_again, bool is_alone);

/** events__subtest_begin() - a subtest has begun */
void events__subtest_begin(struct events *events, const struct test_outcome *test,
			   const struct outcome *subtest);

/** events__failed() - an assertion did not hold */
void events__failed(struct events *events, const struct test_outcome *test,
		    const struct outcome *where, const struct record *record);

/**
 * events__splat() - the kernel has logged a splat
 * @test: that is charged, with its @where; or NULL
 */
void events__splat(struct events *events, const struct splat *splat,
		   const struct test_outcome *test, const struct outcome *where, bool is_expected);

/**
 * events__left_behind() - a test has left something on the machine, and fails for it
 * @test: NULL if it may have been one of several
 */
void events__left_behind(struct events *events, const struct test_outcome *test, const char *what,
			 bool is_removed);

/** events__slow() - a test or subtest has used a tenth of its time */
void events__slow(struct events *events, const struct test_outcome *test,
		  const struct outcome *where);

/** events__subtest_end() - the result of a subtest */
void events__subtest_end(struct events *events, const struct test_outcome *test,
			 const struct outcome *subtest);

/** events__test_end() - the result of a test, final */
void events__test_end(struct events *events, const struct test_outcome *test);

/** events__run_end() - the last event; without it the run did not come to its end */
void events__run_end(struct events *events, const struct run_totals *totals, int splats_not_charged,
		     int left_not_charged, int exit_status);

#endif
