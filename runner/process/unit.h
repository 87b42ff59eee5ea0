/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One running test: its process, its descriptors, its time. A unit goes from FREE through RUNNING
 * (the test process lives) and CLEARING (it has ended, what it left is being killed) back to
 * FREE; the result is final with that last step.
 *
 * The files unit_*.c, each with a header of its own, have what a unit does. This header has what
 * all of them use.
 */
#ifndef RUNNER_PROCESS_UNIT_H
#define RUNNER_PROCESS_UNIT_H

#include <sys/resource.h>

#include "runner/command_line/options.h"
#include "runner/needs/needs.h"
#include "runner/packets/packets.h"
#include "runner/process/observer.h"
#include "runner/records/record.h"
#include "runner/result/event.h"
#include "runner/schedule/run_history.h"
#include "runner/selection/selection.h"
#include "runner/system/cgroup.h"

#define UNIT_PIDS_MAX     256
/* How long a backtrace may take, before emulation is counted in. */
#define UNIT_BACKTRACE_MS 5000

struct children;
struct expected_splat;
struct kept;
struct tracer;

enum unit_state {
	UNIT_FREE,
	UNIT_RUNNING,
	UNIT_CLEARING,
};

enum unit_fd {
	UNIT_FD_OUTPUT,
	UNIT_FD_RECORD,
	UNIT_FD_EXIT,
	UNIT_FD_BACKTRACE,
	UNIT_FD_PACKETS,
	UNIT_FD_TRACER,
	UNIT_FDS_CNT,
};

/* A descriptor that the event loop watches; an epoll event points to it. */
struct unit_watch {
	struct unit *unit;
	enum unit_fd kind;
	int fd;
};

/* gdb or strace beside the test. */
struct unit_tracer {
	pid_t pid; /* 0: not yet started, or ended */
	bool was_started, has_attached;
	uint64_t end_ns; /* when it was told to end, 0: not yet */
	char *error;     /* why the test could not run under it, or NULL */
};

/* The namespaces of a test's process, opened while it lives: -1 where it has none of its own. */
struct unit_namespaces {
	int net_fd, mount_fd;
};

/* The part of the run. In all but the first, one test runs at a time. */
enum unit_phase {
	UNIT_PHASE_FIRST,
	UNIT_PHASE_RESUMED, /* what was running when the run was cut short */
	UNIT_PHASE_RERUN,   /* suspects, which have a result already */
};

/* All units, and what they share. run.c fills it in before the first test starts. */
struct units {
	struct unit *all;
	int cnt;     /* how many tests may run at once */
	int running; /* units that are not free */
	enum unit_phase phase;
	unsigned int started; /* times that a test was started */

	const struct run_options *options;
	const struct event_sink *sink;
	const struct unit_observer *observer;
	struct selection *selection;
	struct needs *needs;
	struct cgroup_base *cgroups;
	struct children *children;
	struct packets *packets;
	struct run_history *history;
	struct tracer *tracer;
	struct kept *kept;
	const char *suite_dir;
	int epoll_fd;
	int verifier_fd;          /* folder for logs of the verifier, or -1 */
	struct rlimit open_files; /* as the runner was started with; tests get it back */
};

struct unit {
	struct units *units;
	enum unit_state state;
	struct test_outcome *test;
	unsigned int isolation;
	struct unit_watch watch[UNIT_FDS_CNT];
	int cgroup_fd;
	char cgroup_name[160];
	pid_t pid;
	uint64_t mark;              /* its processes carry it: process_mark.h */
	unsigned long output_inode; /* of the pipe that it writes to */

	uint64_t deadline_ns, slow_ns; /* 0: none */
	uint64_t audit_limit_ns;       /* until when the audit waits, 0: it has not looked yet */
	uint64_t left_limit_ns;        /* until when processes may yet go by themselves, 0: over */
	uint64_t kill_ns;              /* when killing began, 0: not yet */
	bool has_reaped; /* an orphan was found dead: a process that it forked may live */
	unsigned long long leftovers_counted_ticks; /* since boot; 0: not yet counted */
	bool says_left;                             /* a process was named as left behind */
	int clear_rounds;                           /* times that it was found not to be clear */
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
	int answer_fd; /* the crashed test waits for it to be closed, or -1 */
	struct expected_splat *expected_splats;
	pid_t monitor_pid;       /* the process that captures packets, or 0 */
	uint64_t capture_end_ns; /* when it was asked to end, 0: not yet */
	bool says_packets;       /* its log says what became of them */
	char *isolation_error;
	struct unit_tracer tracer;
	struct unit_namespaces namespaces; /* of its process, for --keep */
	uint64_t kernel_lines;             /* how many the kernel had logged before it began */
	int exit_code, exit_status;        /* si_code and si_status of waitid() */
};

/** unit__current_outcome() - of the subtest that is running, else of the test */
struct outcome *unit__current_outcome(const struct unit *unit);

/** unit__tell() - tell the event sink that something happened to the test, or to its subtest */
void unit__tell(const struct unit *unit, enum event_kind kind, struct outcome *where);

/** unit__log_text() - append to the current log */
void unit__log_text(struct unit *unit, const char *text, size_t len_bytes);

/** unit__log_line() - append a line of the runner's own to the current log; @fmt ends it */
void unit__log_line(struct unit *unit, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** unit__take_failure() - count and log a failed assertion */
void unit__take_failure(struct unit *unit, const struct record *record);

/** unit__fail() - count and log a failure that the runner has found; it has no place in a source */
void unit__fail(struct unit *unit, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** unit__restart_deadline() - count the time of the test or subtest from now */
void unit__restart_deadline(struct unit *unit);

/** unit__watch() - let the event loop tell when a descriptor is readable; 0 or a negative errno */
int unit__watch(struct unit *unit, enum unit_fd kind, int fd);

/** unit__unwatch() - close a descriptor of the unit, if it is open */
void unit__unwatch(struct unit *unit, enum unit_fd kind);

/** unit__has_ended() - whether the test's process is dead, and the unit not yet free */
bool unit__has_ended(const struct unit *unit);

/** units__scaled_ns() - milliseconds as nanoseconds, longer on an emulated machine */
uint64_t units__scaled_ns(const struct units *units, int64_t time_ms);

/** units__find() - the unit in which a test runs, or NULL */
struct unit *units__find(const struct units *units, const struct test_outcome *test);

/**
 * units__running_names() - the tests that run now
 * @has_ended_only: only those whose process is dead
 *
 * Return: "a, b", to be freed by the caller; "" if there are none, NULL when out of memory.
 */
char *units__running_names(const struct units *units, bool has_ended_only);

#endif
