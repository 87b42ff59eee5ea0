/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One running test: its process, its descriptors, its time. A unit goes from FREE through RUNNING
 * (the test process lives) and CLEARING (it has ended, what it left is being killed) back to
 * FREE; the result is final with that last step.
 */
#ifndef RUNNER_PROCESS_UNIT_H
#define RUNNER_PROCESS_UNIT_H

#include "runner/records/record.h"
#include "runner/run.h"

enum unit_state {
	UNIT_FREE,
	UNIT_RUNNING,
	UNIT_CLEARING,
};

enum unit_event {
	UNIT_EVENT_OUTPUT,
	UNIT_EVENT_RECORD,
	UNIT_EVENT_EXIT,
	UNIT_EVENT_BACKTRACE,
	UNIT_EVENT_PACKETS,
	UNIT_EVENT_TRACER,
	UNIT_EVENTS_CNT,
};

/* What an epoll event points to. */
struct unit_watch {
	struct test_unit *unit;
	enum unit_event event;
	int fd;
};

/* gdb or strace beside the test. */
struct unit_tracer {
	pid_t pid; /* 0: not yet started, or ended */
	bool was_started, has_attached;
	uint64_t end_ns; /* when it was told to end, 0: not yet */
	char *error;     /* why the test could not run under it, or NULL */
};

struct test_unit {
	struct runner *runner;
	enum unit_state state;
	struct test_outcome *test;
	unsigned int isolation;
	struct unit_watch watch[UNIT_EVENTS_CNT];
	int cgroup_fd;
	char cgroup_name[160];
	pid_t pid;
	uint64_t mark; /* of its processes: process_mark.h */
	struct results_log results_log;
	unsigned long output_inode; /* of the pipe that it writes to */

	uint64_t deadline_ns, slow_ns; /* 0: none */
	uint64_t audit_limit_ns;       /* until when the audit waits, 0: it has not looked yet */
	uint64_t left_limit_ns;        /* until when processes may yet go by themselves, 0: over */
	uint64_t kill_ns;              /* when killing began, 0: not yet */
	bool has_reaped; /* an orphan was found dead: one that it has forked may live */
	unsigned long long left_ticks; /* since boot, when what it left was counted; 0: not yet */
	bool says_left;                /* somebody has been named */
	int clear_rounds;              /* times that it was found not to be clear */
	bool timed_out, interrupted, was_killed;
	bool begun, ended; /* as the test process said */
	bool channel_closed;
	bool has_too_many_subtests;
	bool has_signalled;    /* the runner */
	bool is_out_of_memory; /* the kernel says that it killed it for that */
	bool has_crash;
	struct record_header crash;
	pid_t unwinder_pid; /* the process that takes a backtrace, or 0 */
	uint64_t unwinder_deadline_ns;
	int answer_fd; /* what the crashed test waits for, or -1 */
	struct expected_splat *expected_splats;
	pid_t monitor_pid;       /* the process that captures packets, or 0 */
	uint64_t capture_end_ns; /* when it was asked to end, 0: not yet */
	bool says_packets;       /* its log says what became of them */
	char *isolation_error;
	struct unit_tracer tracer;
	struct unit_namespaces namespaces; /* of its process, for --keep */
	uint64_t kernel_lines;             /* that the kernel had logged before it began */
	int exit_code, exit_status;        /* si_code and si_status of waitid() */
};

/**
 * test_unit__start() - start a test in a free unit
 *
 * A test that cannot be started has its result at once, and the unit stays free.
 *
 * Return: 0; -EAGAIN if descriptors, processes or memory ran out while other tests are running:
 * the test has no result yet and is to be started when one of them has ended.
 */
int test_unit__start(struct test_unit *unit, struct runner *runner, struct test_outcome *test);

/** test_unit__handle() - take what a descriptor of the unit has to say */
void test_unit__handle(struct unit_watch *watch);

/**
 * test_unit__tick() - do what is due: name a slow test, kill one at its deadline, and end a unit
 *	whose processes are gone
 *
 * Return: when to call again at the latest, in monotonic nanoseconds; UINT64_MAX for never.
 */
uint64_t test_unit__tick(struct test_unit *unit, uint64_t now_ns);

/** test_unit__has_ended() - whether the test's process is dead, and the unit not yet free */
bool test_unit__has_ended(const struct test_unit *unit);

/**
 * test_unit__forgive() - give a test back time that the runner, not the test, has spent
 *
 * Not to one that has ended: what the runner spends then it spends on clearing it, and that has a
 * limit.
 */
void test_unit__forgive(struct test_unit *unit, uint64_t spent_ns);

/** test_unit__forgive_stop() - give back time in which the runner did not run, at whatever point */
void test_unit__forgive_stop(struct test_unit *unit, uint64_t spent_ns);

/** test_unit__interrupt() - kill the test because the run is stopped */
void test_unit__interrupt(struct test_unit *unit);

#endif
