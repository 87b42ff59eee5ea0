/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What event streams say about one or several runs: the runs, their tests and subtests. events.c
 * and layout.c fill it in; each kind of report reads it. All times are microseconds since 1970, UTC, by the
 * clock of the machine of the run; 0: not known.
 */
#ifndef RUNNER_EVENT_REPORTS_REPORT_H
#define RUNNER_EVENT_REPORTS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/coverage/features.h"
#include "runner/result/result.h"

struct json_object;

/* One time that a test ran. */
struct report_span {
	int64_t begin_us, end_us; /* @end_us is 0 as long as no event says that it ended */
	int machine;
	int lane;          /* number of the worker, from 0; two spans of a lane never overlap */
	bool is_rerun;     /* the test had a result, and ran again alone as a suspect */
	bool is_cut_short; /* the run, or its machine, ended before the test */
};

/* A lock that a test declares: test_schedule.h. */
struct report_lock {
	char *name;
	bool is_exclusive;
};

/* The features of BPF that a test or a subtest has used. */
struct report_use {
	int subtest; /* number of the subtest; 0: the test outside of its subtests */
	struct feature_set features;
};

struct report_test {
	/*
	 * The result that counts. The log is there if the test failed. begin_ns is 0 if the test
	 * did not run, such as for its requirements.
	 */
	struct test_outcome outcome;
	struct report_span *spans;
	int spans_cnt;
	struct report_lock *locks;
	int locks_cnt;
	char **splats; /* titles of the splats that the test is charged with */
	int splats_cnt;
	struct report_use *uses;
	int uses_cnt;
	bool has_ended;            /* false: the run ended while the test ran */
	struct test_outcome first; /* while a rerun is read: what its first run has left */
	bool has_first;
};

/* A run has one part, and another one after each restart. */
struct report_part {
	int64_t begin_us, end_us;
	int64_t uptime_us; /* time since the kernel was booted at @begin_us */
	char *boot_id;     /* NULL: not known */
};

struct report_run {
	char *path;               /* the file with the events, as the user named it */
	char *logs_dir;           /* the folder with the logs of tests; NULL: there is none */
	struct json_object *info; /* the header (run_info.h), and @started */
	char *started;            /* "2026-11-15T10:00:00Z" */
	char *release, *flavour;  /* such as "7.3.4+deb13-cloud-amd64" and "cpuv4" */
	int column;               /* number of the column that shows the run */
	int shard, shards;        /* 0: the run has no shards */
	int jobs, pid;
	int tests_selected;
	int not_run; /* number of tests without a result; -1: not known */
	bool is_complete;
	int exit_status; /* only if the run is complete */
	struct report_part *parts;
	int parts_cnt;
	struct report_test *tests; /* tests of which something was heard, in the order of numbers */
	int tests_cnt;
	char **loose; /* splats and leftovers that no test is charged with */
	int loose_cnt;
	/* Of --mutate (docs/mutation.md). Survivors that are explained do not count. */
	int mutants_killed;
	struct json_object **survivors; /* events of the mutants that survived */
	int survivors_cnt;
	int broken_lines, unknown_events; /* numbers of lines that could not be understood */
};

/* The runs that show the same thing: one kernel, one flavour, and all shards. */
struct report_column {
	char *label; /* "7.3.4 cpuv4"; no two columns have the same */
};

struct report {
	struct report_run *runs; /* in the order in which the files were named */
	int runs_cnt;
	struct report_column *columns;
	int columns_cnt;
};

/** report__add_run() - add an empty run; NULL when out of memory */
struct report_run *report__add_run(struct report *report);

/** report__drop_last_run() - forget the run that was added last */
void report__drop_last_run(struct report *report);

/** report_run__test() - find or add a test; NULL when out of memory */
struct report_test *report_run__test(struct report_run *run, const char *name, int number);

/** report_run__add_loose() - note something that no test is charged with; @text is copied */
void report_run__add_loose(struct report_run *run, const char *text);

/** report_test__add_splat() - note a splat that the test is charged with; @title is copied */
void report_test__add_splat(struct report_test *test, const char *title);

/** report_test__add_lock() - note a lock that the test declares; @name is copied */
void report_test__add_lock(struct report_test *test, const char *name, bool is_exclusive);

/** report_test__forget_locks() - forget the locks, because the test begins again and names them */
void report_test__forget_locks(struct report_test *test);

/** report_test__add_span() - note that a test began; NULL when out of memory */
struct report_span *report_test__add_span(struct report_test *test);

/** report__free() - free everything */
void report__free(struct report *report);

#endif
