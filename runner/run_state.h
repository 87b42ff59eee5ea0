/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole state of a run. Only run.c, loop.c and run_files.c know it; no other file may. */
#ifndef RUNNER_RUN_STATE_H
#define RUNNER_RUN_STATE_H

#include "runner/audit/watch.h"
#include "runner/blame/observer.h"
#include "runner/blame/rerun.h"
#include "runner/blame/splats.h"
#include "runner/blame/undecided.h"
#include "runner/event_reports/run_reports.h"
#include "runner/kernel_log/kernel_log.h"
#include "runner/limits.h"
#include "runner/machines/head.h"
#include "runner/machines/peer.h"
#include "runner/needs/needs.h"
#include "runner/needs/run_info.h"
#include "runner/packets/packets.h"
#include "runner/process/children.h"
#include "runner/process/kept_namespaces.h"
#include "runner/process/tracer.h"
#include "runner/process/unit.h"
#include "runner/reports/event_stream.h"
#include "runner/reports/log_keeper.h"
#include "runner/reports/progress.h"
#include "runner/reports/results_folder.h"
#include "runner/reports/screen.h"
#include "runner/reports/status_lines.h"
#include "runner/resume/journal.h"
#include "runner/schedule/run_history.h"
#include "runner/schedule/schedule.h"
#include "runner/system/cgroup.h"

struct run {
	const struct run_options *options;
	struct selection *selection;
	char *suite_dir;
	struct tests tests;
	int elsewhere_cnt; /* number of selected tests that belong to other shards */

	/* Members that are set up before the first test. */
	struct run_info info;
	struct needs needs;
	struct schedule schedule; /* order of the tests, as indexes into @tests */
	struct run_history history;
	struct journal journal;

	/* Members that are used while tests run. */
	int epoll_fd, signal_fd;
	struct units units;
	struct unit_observer observer;
	struct cgroup_base cgroups;
	struct children children;
	struct tracer tracer;
	struct kept kept;
	struct packets packets;
	uint64_t start_ns; /* time when the first test started */
	struct stop stop;
	uint64_t tick_ns;      /* time of the next EVENT_TICK */
	bool was_stopped;      /* SIGSTOP or SIGTSTP stopped the runner since the last wait */
	bool awaits_resources; /* no test can start until another one ends */

	/* Blame: splats, leftovers, reruns. */
	struct kernel_log kernel_log;
	struct splats splats;
	struct audit audit;
	struct undecided undecided;
	struct blame blame;
	struct rerun rerun;

	/* The other machines of the run: this one is the head, or a peer. */
	struct head head;
	struct peer peer;

	/* The event sink and its listeners. */
	struct event_sink sink;
	struct event_stream stream;
	struct results_folder results;
	struct screen screen;
	struct status_lines lines;
	struct progress progress;
	struct log_keeper logs;

	/* In a run of orders, the only listener; otherwise its function is NULL. */
	struct event_listener only_listener;

	struct run_reports reports; /* made at the end, from the events */
};

#endif
