/* SPDX-License-Identifier: GPL-2.0-only */
/* Backtraces of a running test: of a crash, or of all its threads when it hangs. */
#ifndef RUNNER_PROCESS_UNIT_BACKTRACE_H
#define RUNNER_PROCESS_UNIT_BACKTRACE_H

#include <stdio.h>

#include "runner/process/unit.h"

/**
 * unit__start_backtrace() - begin a backtrace of the reported crash, or of all threads of a test
 *	that hangs
 * @answer_fd: is answered and closed when the backtrace is done; -1: none
 *
 * Return: false if no backtrace can be taken; @answer_fd then still belongs to the caller.
 */
bool unit__start_backtrace(struct unit *unit, int answer_fd);

/** unit__read_backtrace() - append the lines of the backtrace that are there to the test's log */
void unit__read_backtrace(struct unit *unit);

/**
 * unit__end_backtrace() - end a backtrace that is complete or takes too long; the caller has to
 *	kill a hanging test
 */
void unit__end_backtrace(struct unit *unit);

/**
 * units__write_stacks() - write which tests run, since when, and the stacks of all their threads
 * @out: the text is flushed there; for SIGUSR1, stdout
 *
 * Takes up to SHOW_LIMIT_MS, in which the event loop does not run; the tests are hardly disturbed.
 */
void units__write_stacks(const struct units *units, FILE *out);

#endif
