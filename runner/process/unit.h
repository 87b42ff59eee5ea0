/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit is one running test: its process, its descriptors, its deadlines. It is FREE at first,
 * RUNNING while the test process lives, CLEARING while the processes that the test has left are
 * killed, and then FREE again. The result is final with that last step.
 *
 * Each file unit_*.c has a header of its own for its functions. This header has what all of them
 * use.
 */
#ifndef RUNNER_PROCESS_UNIT_H
#define RUNNER_PROCESS_UNIT_H

#include <sys/resource.h>
#include <sys/stat.h>

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
/* The time that a backtrace may take; an emulated machine gets more. */
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

/* The gdb or strace that is attached to the test. */
struct unit_tracer {
	pid_t pid; /* process of gdb or strace; 0: not started, or ended */
	bool was_started, has_attached;
	uint64_t end_ns; /* time when gdb or strace was told to end; 0: not yet */
	char *error;     /* the reason why the test could not be traced, or NULL */
};

/* Descriptors of the test's own namespaces, opened while its process lives; -1: not its own. */
struct unit_namespaces {
	int net_fd, mount_fd;
};

/* What is compared of a bpffs, to see whether a test has changed it. */
struct unit_bpffs_state {
	struct stat root;
	long flags;
	ssize_t xattrs_bytes;
};

/* An empty bpffs that is mounted nowhere, for the next test of the unit. */
struct unit_bpffs {
	bool is_open;
	int fd;
	struct unit_bpffs_state state; /* its state when it was new */
};

/* The phase of the run. Only in the first phase, several tests may run at a time. */
enum unit_phase {
	UNIT_PHASE_FIRST,
	UNIT_PHASE_RESUMED, /* tests that were running when the run was cut short */
	UNIT_PHASE_RERUN,   /* suspects, which have a result already */
};

/* All units, and the data that they share. run.c fills it in before the first test starts. */
struct units {
	struct unit *all;
	int cnt;     /* number of tests that may run at once */
	int running; /* number of units that are not free */
	enum unit_phase phase;
	unsigned int started; /* number of times that any test was started */

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
	int verifier_fd;          /* descriptor of the folder for verifier logs, or -1 */
	struct rlimit open_files; /* RLIMIT_NOFILE that the runner was started with, for tests */
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
	uint64_t mark;              /* the mark of the test's processes (process_mark.h) */
	unsigned long output_inode; /* inode of the pipe for the output of the test */

	uint64_t deadline_ns, slow_ns; /* time to kill the test, time to call it slow; 0: none */
	uint64_t audit_limit_ns;       /* time until which the audit waits; 0: no look yet */
	uint64_t left_limit_ns;        /* time until which left processes may end by themselves */
	uint64_t kill_ns;              /* time when killing began; 0: not yet */
	bool has_reaped; /* an orphan was reaped: a process that the orphan forked may live */
	unsigned long long leftovers_counted_ticks; /* time of counting since boot; or 0 */
	bool says_left;                             /* a process was reported as left behind */
	int clear_rounds; /* number of checks that found the unit not clear */
	bool timed_out, interrupted, was_killed;
	bool begun, ended; /* the test process sent RECORD_BEGIN, RECORD_END */
	bool channel_closed;
	bool has_too_many_subtests;
	bool has_signalled;    /* the test sent a signal to the runner */
	bool is_out_of_memory; /* the kernel log says that the OOM killer killed the test */
	bool has_crash;
	struct record_header crash;
	pid_t unwinder_pid; /* the process that takes a backtrace, or 0 */
	uint64_t unwinder_deadline_ns;
	int answer_fd; /* descriptor to answer the crashed test that waits; -1: none */
	struct expected_splat *expected_splats;
	pid_t monitor_pid;       /* the process that captures packets, or 0 */
	uint64_t capture_end_ns; /* time when the capture was told to end; 0: not yet */
	bool says_packets;       /* the test's log names the packet files, or why there are none */
	char *isolation_error;
	struct unit_tracer tracer;
	struct unit_bpffs bpffs;           /* outlives the test */
	struct unit_namespaces namespaces; /* namespaces of the test process, for --keep */
	uint64_t kernel_lines;      /* lines that the kernel had logged when the test began */
	int exit_code, exit_status; /* si_code and si_status of waitid() */
};

/** unit__current_outcome() - the outcome of the subtest that is running, or of the test */
struct outcome *unit__current_outcome(const struct unit *unit);

/** unit__tell() - tell the event sink about an event of the test or its subtest */
void unit__tell(const struct unit *unit, enum event_kind kind, struct outcome *where);

/** unit__log_text() - append text to the log of the current test or subtest */
void unit__log_text(struct unit *unit, const char *text, size_t len_bytes);

/**
 * unit__log_line() - append a line from the runner to the current log; @fmt includes the newline
 */
void unit__log_line(struct unit *unit, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** unit__take_failure() - count and log a failed assertion */
void unit__take_failure(struct unit *unit, const struct record *record);

/** unit__fail() - count and log a failure that the runner found; it has no source line */
void unit__fail(struct unit *unit, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** unit__deadline_ms() - the time limit of the test or subtest; 0: no limit */
int64_t unit__deadline_ms(const struct unit *unit);

/** unit__restart_deadline() - restart the time limit, for a new test or subtest */
void unit__restart_deadline(struct unit *unit);

/** unit__watch() - let the event loop watch a descriptor for reading; 0 or a negative errno */
int unit__watch(struct unit *unit, enum unit_fd kind, int fd);

/** unit__ignore() - stop watching a descriptor of the unit, but leave it open */
void unit__ignore(struct unit *unit, enum unit_fd kind);

/** unit__unwatch() - stop watching a descriptor of the unit, and close it, if it is open */
void unit__unwatch(struct unit *unit, enum unit_fd kind);

/** unit__has_ended() - whether the test process is dead, and the unit not yet free */
bool unit__has_ended(const struct unit *unit);

/** units__scaled_ns() - convert milliseconds to nanoseconds, and multiply by the time scale */
uint64_t units__scaled_ns(const struct units *units, int64_t time_ms);

/** units__find() - the unit in which a test runs, or NULL */
struct unit *units__find(const struct units *units, const struct test_outcome *test);

/**
 * units__running_names() - the names of the running tests
 * @has_ended_only: only tests with a dead test process
 *
 * Return: "a, b", to be freed by the caller; "" if there are none, NULL when out of memory.
 */
char *units__running_names(const struct units *units, bool has_ended_only);

#endif
