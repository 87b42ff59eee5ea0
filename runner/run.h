/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine: one process, one thread, one event loop. It starts a process for every test, turns
 * what these say and how they end into results, and hands the results to the reports. It never
 * runs test code.
 */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "runner/blame/rerun.h"
#include "runner/audit/watch.h"
#include "runner/command_line/options.h"
#include "runner/system/cgroup.h"
#include "runner/reports/event_stream.h"
#include "runner/schedule/history.h"
#include "runner/resume/journal.h"
#include "runner/process/kept_namespaces.h"
#include "runner/kernel_log/kernel_log.h"
#include "runner/needs/needs.h"
#include "runner/packets/packets.h"
#include "runner/result/result.h"
#include "runner/reports/results_folder.h"
#include "runner/needs/run_info.h"
#include "runner/schedule/schedule.h"
#include "runner/selection/selection.h"
#include "runner/selection/shard.h"
#include "runner/blame/splats.h"
#include "runner/process/tracer.h"

struct test_unit;

#define CHARGED_MAX 256

struct runner_child {
	pid_t pid;
	unsigned long long start;
};

struct runner {
	const struct run_options *options;
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
 * Return: one of enum run_exit.
 */
int runner__run(const struct run_options *options, struct selection *selection);

/** runner__debug() - one line of the protocol trace on stderr, with --debug */
void runner__debug(const struct runner *runner, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
