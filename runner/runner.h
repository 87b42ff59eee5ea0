/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine: one process, one thread, one event loop. It starts a process for every test, turns
 * what these say and how they end into results, and hands the results to the reports. It never
 * runs test code.
 */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "runner/again.h"
#include "runner/audit.h"
#include "runner/cgroup.h"
#include "runner/events.h"
#include "runner/history.h"
#include "runner/journal.h"
#include "runner/kept.h"
#include "runner/kernel_log.h"
#include "runner/needs.h"
#include "runner/packets.h"
#include "runner/result.h"
#include "runner/results_folder.h"
#include "runner/run_info.h"
#include "runner/schedule.h"
#include "runner/selection.h"
#include "runner/shard.h"
#include "runner/splats.h"
#include "runner/tracer.h"

#define DEFAULT_DEADLINE_S 120

/* Exit statuses, as of the kernel's runner. */
enum runner_exit {
	RUNNER_EXIT_OK = 0,
	RUNNER_EXIT_FAILED = 1,
	RUNNER_EXIT_NOTHING_RAN = 2,
	RUNNER_EXIT_INFRASTRUCTURE = 3,
	RUNNER_EXIT_USAGE = 64,
	RUNNER_EXIT_RESTART = 75, /* only with a journal: restart the machine, and go on */
	RUNNER_EXIT_SIGNAL = 128, /* plus the number of the signal that stopped the run */
};

struct runner_options {
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

struct test_unit;

#define CHARGED_MAX 256

struct runner_child {
	pid_t pid;
	unsigned long long start;
};

struct runner {
	const struct runner_options *options;
	struct selection *selection;
	char *suite_dir;

	struct test_outcome *tests; /* the selected ones, by number */
	int tests_cnt;
	int elsewhere_cnt;        /* selected ones that are part of other shards */
	struct schedule schedule; /* its indexes are those of @tests */
	struct history history;
	struct history_key history_key;
	char *history_path; /* NULL: none is kept */
	char *history_build;

	struct cgroup_base cgroups;
	struct test_unit *units; /* one place for each of options->jobs */
	int running;
	bool is_starved;                /* nothing can be started until a test ends */
	struct rlimit open_files;       /* as found at start; the runner itself takes all it may */
	struct runner_child *strangers; /* children that it had before the first test */
	int strangers_cnt;
	pid_t charged[CHARGED_MAX];    /* orphans that have been charged to a test, latest last */
	unsigned int started;          /* times that a test was started */
	struct json_object *undecided; /* texts of undecided.h, or NULL */
	int epoll_fd, signal_fd;
	struct run_info info;
	struct needs needs;
	struct results_folder results;
	struct packets packets;
	struct events events;
	struct kernel_log kernel_log;
	struct splats splats;
	struct audit audit;
	struct again again;
	struct journal journal;
	struct tracer tracer;
	struct kept kept;

	int stop_signal;         /* that stopped the run, or 0 */
	bool was_stopped;        /* by SIGSTOP or SIGTSTP, since it last waited */
	bool needs_restart;      /* something cannot be killed */
	const char *stop_reason; /* why nothing further starts, or NULL */
	bool stop_is_asked;      /* by --fail-fast or --max-time */
	char stop_text[128];     /* of @stop_reason, where it has a number */
	uint64_t start_ns;       /* of the first test */
	uint64_t kept_log_bytes;
};

/**
 * runner__run() - run the selected tests and report them
 *
 * Return: one of enum runner_exit.
 */
int runner__run(const struct runner_options *options, struct selection *selection);

/** runner__now_ns() - monotonic time */
uint64_t runner__now_ns(void);

/** runner__debug() - one line of the protocol trace on stderr, with --debug */
void runner__debug(const struct runner *runner, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
