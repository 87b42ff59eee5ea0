/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of the command line, and the exit statuses of the program. Every folder of the runner
 * reads them; only command_line.c writes the options.
 */
#ifndef RUNNER_COMMAND_LINE_OPTIONS_H
#define RUNNER_COMMAND_LINE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/command_line/machine_sockets.h"
#include "runner/selection/shard.h"

struct name_list;
struct selection;

/* --color */
enum color_use { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum tracer_kind {
	TRACER_NONE,
	TRACER_GDB,
	TRACER_STRACE,
};

enum list_kind {
	LIST_NOTHING,
	LIST_NAMES, /* only names, for scripts (-l) */
	LIST_LONG,  /* names, and the needs of each test (--list=long) */
	LIST_ALL,   /* tests and subtests with their numbers (--list=all) */
};

#define DEFAULT_DEADLINE_S 120

/* Exit statuses. The first four are those of the kernel's runner. */
enum run_exit {
	RUN_EXIT_OK = 0,
	RUN_EXIT_FAILED = 1,
	RUN_EXIT_NOTHING_RAN = 2,
	RUN_EXIT_INFRASTRUCTURE = 3,
	RUN_EXIT_USAGE = 64,
	RUN_EXIT_RESTART = 75, /* restart the machine and run again; only with a journal */
	RUN_EXIT_SIGNAL = 128, /* base: add the number of the signal that stopped the run */
};

/* The reports that are made from events; a path is NULL if that report is not wanted. */
struct report_paths {
	const char *junit, *ktap, *html, *trace;
	const char *coverage, *conformance; /* the tests note what of BPF they use */
	bool github;                        /* annotations on stdout, and the summary of the step */
};

/* --mutate */
struct mutation_options {
	bool is_on, is_assertions;
	int64_t budget_ms; /* time after which no further mutants run; 0: no limit */
	int budget_cnt;    /* number of mutants that run; 0: no limit */
	bool has_seed;
	uint32_t seed;
	const char *only;        /* the only mutant to run, or NULL */
	const char *known_path;  /* list of mutants that no test can kill, or NULL */
	const char *scores_path; /* scores that the tests must have, or NULL */
};

struct run_options {
	int jobs;      /* number of tests that may run at the same time */
	bool parallel; /* serial tests run alone at the end, because -j was given */
	int verbosity; /* number of v's in -v, -vv, -vvv */
	bool verifier_stats;
	bool debug;
	bool no_error_summary;
	enum color_use color;
	enum list_kind list;
	bool count;
	const char *why;               /* pattern for the tests to explain, or NULL */
	struct name_list *known_skips; /* the list of --strict-skips, or NULL */
	struct selection *captured;    /* the selection of -m, or NULL */
	FILE *json;                    /* the file of -J, or NULL */
	const char *json_path;
	const char *results_path; /* the results folder, or NULL */
	const char *resume_path;  /* file with the event stream of a run to resume, or NULL */
	const char *events_path;  /* file for the event stream, or NULL */
	struct report_paths reports;
	const char *kconfig_path; /* file with the kernel's configuration; NULL: the usual places */
	int64_t deadline_ms;      /* time limit of a test or subtest; 0: no limit */
	int time_scale;           /* factor on waits; above 1 if emulated or traced */
	bool shuffle, has_seed;
	uint32_t seed;
	struct shard shard;
	bool no_history;
	const char *history_path; /* file of the history; NULL: the default file of the user */
	int fail_fast;            /* number of failures after which nothing starts; 0: no limit */
	int64_t max_time_ms;      /* time after which nothing starts; 0: no limit */
	enum tracer_kind tracer;  /* the program that traces the only selected test */
	const char **environment; /* NAME=VALUE of --env, ended by NULL; or NULL */
	int environment_cnt;
	struct mutation_options mutation;
	bool no_audit;
	bool keep; /* leave namespaces and cgroups of failed tests for inspection */
	struct machine_sockets machines; /* connections to the other machines of the run */
	bool has_nothing_to_do;          /* this is a peer, and the options are for one machine */
	const char *kernel_log_path;     /* file to read instead of /dev/kmsg, to test the runner */
};

/** tracer_kind__name() - the name of the tracer's program, "gdb" or "strace" */
const char *tracer_kind__name(enum tracer_kind kind);

#endif
