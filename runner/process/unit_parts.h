/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that make up a running test (test_unit.h) offer each other. */
#ifndef RUNNER_PROCESS_UNIT_PARTS_H
#define RUNNER_PROCESS_UNIT_PARTS_H

#include "runner/process/unit.h"

#define UNIT_PIDS_MAX     256
/* How long a backtrace may take, before emulation is counted in. */
#define UNIT_BACKTRACE_MS 5000

/** unit__current_outcome() - of the subtest that is running, else of the test */
struct outcome *unit__current_outcome(struct test_unit *unit);

/** unit__restart_deadline() - count the time of the test or subtest from now */
void unit__restart_deadline(struct test_unit *unit);

/** unit__begin_killing() - kill the test's processes; its end is then followed as usual */
void unit__begin_killing(struct test_unit *unit);

/**
 * unit__reap_helper() - wait a moment for a process of the runner's own that was killed
 *
 * It may wait for a lock that a hanging test holds, or for a CPU that does not answer. The event loop
 * does not: it then is no test's orphan, and ends when the kernel lets it.
 */
void unit__reap_helper(struct test_unit *unit, pid_t pid);

/** unit__watch() - let the event loop tell when a descriptor is readable; 0 or a negative errno */
int unit__watch(struct test_unit *unit, enum unit_event event, int fd);

/** unit__unwatch() - close a descriptor of the unit, if it is open */
void unit__unwatch(struct test_unit *unit, enum unit_event event);

/** unit__log_text() - append to the current log */
void unit__log_text(struct test_unit *unit, const char *text, size_t len);

/** unit__log_line() - append a line of the runner's own to the current log; ends with a newline */
void unit__log_line(struct test_unit *unit, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* unit_records.c */

/** unit__fail() - count and log a failure that the runner has found */
void unit__fail(struct test_unit *unit, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** unit__drain_output() - take what is in the output pipe now */
void unit__drain_output(struct test_unit *unit);

/** unit__receive_records() - take and answer the records that are there */
void unit__receive_records(struct test_unit *unit);

/* unit_backtrace.c */

/**
 * unit__start_backtrace() - begin to take a backtrace: of the crash that was reported, else of all
 *	threads of the test's process, which is then killed
 * @answer_fd: to be answered and closed when it is done, or -1
 *
 * Return: false if it cannot be taken; @answer_fd then still is the caller's.
 */
bool unit__start_backtrace(struct test_unit *unit, int answer_fd);

/** unit__read_backtrace() - pass on what has been written of it */
void unit__read_backtrace(struct test_unit *unit);

/** unit__end_backtrace() - it is complete, or has taken too long */
void unit__end_backtrace(struct test_unit *unit);

/* unit_tracer.c */

/**
 * unit__tick_tracer() - start gdb or strace when it is time, see whether it has attached, end it when
 *	it is late
 *
 * Return: when to call again at the latest; UINT64_MAX for never.
 */
uint64_t unit__tick_tracer(struct test_unit *unit, uint64_t now_ns);

/** unit__on_tracer_exit() - its pidfd says that it may have ended */
void unit__on_tracer_exit(struct test_unit *unit);

/** unit__interrupt_tracer() - the run is stopped: gdb, which waits for its user, is told to end */
void unit__interrupt_tracer(struct test_unit *unit);

/* unit_splats.c */

/** unit__expect_splat() - from now on a splat that the record describes is no failure */
void unit__expect_splat(struct test_unit *unit, const struct record *record);

/** unit__expects_splat() - whether a splat is one of those */
bool unit__expects_splat(struct test_unit *unit, const struct splat *splat);

/** unit__take_splat() - charge the test, and the subtest that is running, with a splat */
void unit__take_splat(struct test_unit *unit, const struct splat *splat);

/**
 * unit__check_expected_splats() - take what splats there are, and fail for the expected ones that
 *	did not come
 * @where: of the subtest that ends; NULL: the test ends, and nothing is expected any more
 */
void unit__check_expected_splats(struct test_unit *unit, const struct outcome *where);

/* unit_packets.c */

/** unit__is_captured() - whether -m names the test or something in it */
bool unit__is_captured(const struct test_unit *unit);

/**
 * unit__start_capture() - make the process that will capture the test's packets, if they are wanted
 *
 * Return: 0 or a negative errno.
 */
int unit__start_capture(struct test_unit *unit);

/** unit__receive_captures() - take what has been captured into log and outcome */
void unit__receive_captures(struct test_unit *unit);

/**
 * unit__pass_to_capture() - pass on what the test asks for
 * @answer_fd: what the test waits for, or -1
 *
 * Return: false if nobody will answer; @answer_fd then still is the caller's.
 */
bool unit__pass_to_capture(struct test_unit *unit, const struct record *record, int answer_fd);

/**
 * unit__capture_has_ended() - have what was captured written; all processes of the test are dead
 *
 * Return: true if it is, or will not be.
 */
bool unit__capture_has_ended(struct test_unit *unit);

/** unit__kill_capture() - end it with what is written by now */
void unit__kill_capture(struct test_unit *unit);

/** unit__note_no_packets() - say so in the log, if some were wanted */
void unit__note_no_packets(struct test_unit *unit);

/* unit_processes.c */

/** unit__has_process() - whether a living process or thread is known to come from the test */
bool unit__has_process(const struct test_unit *unit, pid_t pid);

/** unit__kill_all() - SIGKILL whatever the test started that still lives */
void unit__kill_all(struct test_unit *unit);

/** unit__may_wait_for_left_processes() - whether a few of them live, which may yet end */
bool unit__may_wait_for_left_processes(struct test_unit *unit);

/**
 * unit__note_left_processes() - charge the test with what outlives its own process and is not about
 *	to die
 */
void unit__note_left_processes(struct test_unit *unit);

/**
 * unit__processes() - the test's process and all below it
 * @pids: room for UNIT_PIDS_MAX
 *
 * Return: how many are in @pids.
 */
int unit__processes(struct test_unit *unit, pid_t *pids);

/** unit__log_kernel_lines() - append the last of what the kernel has logged since the test began */
void unit__log_kernel_lines(struct test_unit *unit);

/** unit__log_stuck_machine() - append what the kernel says of blocked tasks and of its CPUs */
void unit__log_stuck_machine(struct test_unit *unit);

/** unit__log_stacks() - append where each thread of the test is to the current log */
void unit__log_stacks(struct test_unit *unit);

/**
 * unit__is_clear() - kill again what still lives
 *
 * Return: true if nothing does, and the cgroup is removed.
 */
bool unit__is_clear(struct test_unit *unit);

#endif
