/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was asked for on the command line, and the exit statuses that answer it. Every folder of the
 * runner reads these; only command_line.c writes them.
 */
#ifndef RUNNER_COMMAND_LINE_OPTIONS_H
#define RUNNER_COMMAND_LINE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/selection/shard.h"

struct name_list;
struct selection;

enum tracer_kind {
	TRACER_NONE,
	TRACER_GDB,
	TRACER_STRACE,
};

/*
 * A traced test and its waits get this many times longer: under strace a system call takes some 20
 * times as long (measured); under gdb somebody is thinking.
 */
#define TRACER_TIME_SCALE_STRACE 10
#define TRACER_TIME_SCALE_GDB    100
/* Together with the factor of an emulated machine; a minute times this is an int of milliseconds. */
#define TRACER_TIME_SCALE_MAX    10000

#define DEFAULT_DEADLINE_S 120

/* Exit statuses, as of the kernel's runner. */
enum run_exit {
	RUN_EXIT_OK = 0,
	RUN_EXIT_FAILED = 1,
	RUN_EXIT_NOTHING_RAN = 2,
	RUN_EXIT_INFRASTRUCTURE = 3,
	RUN_EXIT_USAGE = 64,
	RUN_EXIT_RESTART = 75, /* only with a journal: restart the machine, and go on */
	RUN_EXIT_SIGNAL = 128, /* plus the number of the signal that stopped the run */
};

struct run_options {
	int jobs;      /* tests at once */
	bool parallel; /* -j was given: a parallel phase, then a serial one */
	int verbosity; /* number of v's */
	bool verifier_stats;
	bool debug;
	bool no_error_summary;
	bool list, list_long, count;
	const char *why;               /* name of the test to explain, or NULL */
	struct name_list *known_skips; /* of --strict-skips, or NULL */
	struct selection *captured;    /* of -m: whose packets are; or NULL */
	FILE *json;                    /* or NULL */
	const char *json_path;
	const char *results_path; /* of the results folder, or NULL */
	const char *resume_path;  /* of the event stream of a run to go on with, or NULL */
	const char *events_path;  /* of the event stream, or NULL */
	const char *kconfig_path; /* of the kernel's configuration, or NULL for the usual places */
	int64_t deadline_ms;      /* of a test or subtest; 0: none */
	int time_scale;           /* factor on waits of an emulated machine */
	bool shuffle, has_seed;
	uint32_t seed;
	struct shard shard;
	bool no_history;
	const char *history_path; /* or NULL for the user's own */
	int fail_fast;            /* nothing starts after so many failures; 0: all starts */
	int64_t max_time_ms;      /* nothing starts after this time; 0: no limit */
	enum tracer_kind tracer;  /* that the one test runs under */
	bool no_audit;
	bool keep;                   /* what failed tests leave, for inspection */
	const char *kernel_log_path; /* in place of /dev/kmsg, for tests of the runner; or NULL */
};

/** tracer_kind__name() - "gdb" or "strace" */
const char *tracer_kind__name(enum tracer_kind kind);

#endif
