/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that make up a running test (test_unit.h) offer each other. */
#ifndef RUNNER_UNIT_PARTS_H
#define RUNNER_UNIT_PARTS_H

#include "runner/test_unit.h"

#define UNIT_PIDS_MAX 256

/** unit__current_outcome() - of the subtest that is running, else of the test */
struct outcome *unit__current_outcome(struct test_unit *unit);

/** unit__restart_deadline() - count the time of the test or subtest from now */
void unit__restart_deadline(struct test_unit *unit);

/** unit__begin_killing() - kill the test's processes; its end is then followed as usual */
void unit__begin_killing(struct test_unit *unit);

/** unit__unwatch() - close a descriptor of the unit, if it is open */
void unit__unwatch(struct test_unit *unit, enum unit_event event);

/** unit__log_line() - append a line of the runner's own to the current log; ends with a newline */
void unit__log_line(struct test_unit *unit, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* unit_records.c */

/** unit__drain_output() - take what is in the output pipe now */
void unit__drain_output(struct test_unit *unit);

/** unit__receive_records() - take and answer the records that are there */
void unit__receive_records(struct test_unit *unit);

/* unit_processes.c */

/** unit__kill_all() - SIGKILL whatever the test started that still lives */
void unit__kill_all(struct test_unit *unit);

/**
 * unit__note_left_processes() - count and name in the log what outlives the test's own process
 */
void unit__note_left_processes(struct test_unit *unit);

/** unit__log_stacks() - append where each thread of the test is to the current log */
void unit__log_stacks(struct test_unit *unit);

/**
 * unit__is_clear() - kill again what still lives
 *
 * Return: true if nothing does, and the cgroup is removed.
 */
bool unit__is_clear(struct test_unit *unit);

#endif
