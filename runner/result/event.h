/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event sink is the only way in which the engine reports what happens in a run. It does not
 * know its listeners. Reports are listeners: run.c registers them, and they are called in that
 * order, before the test of the event goes on. A new report is a new listener.
 */
#ifndef RUNNER_RESULT_EVENT_H
#define RUNNER_RESULT_EVENT_H

#include "runner/kernel_log/splat.h"
#include "runner/records/record.h"
#include "runner/result/result.h"
#include "runner/result/totals.h"

struct feature_set;
struct run_info;

#define EVENT_LISTENERS_MAX 8

/* A name such as ".run" is the member of struct event's union that goes with the event. */
enum event_kind {
	/* Events of the run. */
	EVENT_RUN_BEGIN, /* .run: the run begins */
	EVENT_RUN_END,   /* .run_end: the run has come to its end */
	EVENT_TICK,      /* some time has passed: once a second at least, while tests run */
	/* Events of a test; @test and @where are set. */
	EVENT_TEST_BEGIN,  /* .begin: the process of the test was started */
	EVENT_SUBTEST_MET, /* .met: the test came to a subtest, which is selected or left out */
	EVENT_SUBTEST_BEGIN,
	EVENT_OUTPUT,           /* .output: text of the test, or of the runner about the test */
	EVENT_ASSERTION_FAILED, /* .failure: the record of the failed assertion */
	EVENT_MUTATION,         /* .record: a record of --mutate */
	EVENT_FEATURES,         /* .features: what of BPF the test or subtest has used */
	EVENT_SLOW,             /* the test or subtest has used a tenth of its time */
	EVENT_SUBTEST_END,      /* the result in @where is final */
	EVENT_TEST_END,         /* .end: the result in @test is final, unless the test is rerun */
	EVENT_RERUN_CLEARED,    /* .cleared: the rerun was clean; the first result stays */
	EVENT_TEST_DROPPED,     /* its machine is gone: the test runs again from its beginning */
	/* Events of the machine; @test is NULL if the responsible test is unknown. */
	EVENT_SPLAT,       /* .splat: the kernel has logged a splat */
	EVENT_LEFT_BEHIND, /* .left: an object or a process was left behind */
	/* Events of another machine of the run. */
	EVENT_MACHINE_GONE, /* .gone: a peer has ended before it was told to */
};

/**
 * struct event - an event of a run; listeners must not keep pointers from it
 * @test: the test of the event, or NULL
 * @where: the subtest, or the test's own outcome; NULL without @test
 * @machine: number of the machine where it happened; 0: the machine of this process
 */
struct event {
	enum event_kind kind;
	int machine;
	struct test_outcome *test;
	struct outcome *where;
	union {
		struct {
			const struct run_info *info;
			int tests_cnt, jobs;
		} run;
		struct {
			const struct run_totals *totals;
			int splats_not_charged, left_not_charged, exit_status;
		} run_end;
		struct {
			int pid;
			bool is_rerun; /* the test has a result, and is rerun alone as a suspect */
			bool is_alone; /* an earlier part of the run was cut short in this test */
		} begin;
		struct {
			const char *name, *description;
			int number;
		} met;
		struct {
			const char *text;
			size_t len_bytes;
		} output;
		const struct record *failure;
		const struct record *record;
		const struct feature_set *features;
		struct {
			bool is_suspected; /* the test may be rerun alone */
		} end;
		struct {
			bool is_incomplete; /* the rerun did not get as far as the first run */
		} cleared;
		struct {
			const struct splat *splat;
			bool is_expected;
		} splat;
		struct {
			const char *what;
			bool is_removed;
		} left;
		struct {
			const char *reason; /* why its kernel went down; NULL: it did not */
			int running_cnt;    /* number of tests that were running there */
		} gone;
	};
};

struct event_listener {
	void (*on_event)(void *context, const struct event *event);
	void *context;
};

struct event_sink {
	struct event_listener listeners[EVENT_LISTENERS_MAX];
	int cnt;
	bool prints_debug;
};

/** event_sink__add() - call @on_event with @context for each event, after all earlier listeners */
void event_sink__add(struct event_sink *sink, void (*on_event)(void *context, const struct event *),
		     void *context);

/** event_sink__tell() - call all listeners, one after the other */
void event_sink__tell(const struct event_sink *sink, const struct event *event);

/** event_sink__debug() - print a line of the protocol trace on stderr, if --debug was given */
void event_sink__debug(const struct event_sink *sink, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
