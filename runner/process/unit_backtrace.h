/* SPDX-License-Identifier: GPL-2.0-only */
/* Backtraces of a running test: of a crash, or of all its threads when it hangs. */
#ifndef RUNNER_PROCESS_UNIT_BACKTRACE_H
#define RUNNER_PROCESS_UNIT_BACKTRACE_H

#include "runner/process/unit.h"

/**
 * unit__start_backtrace() - begin to take a backtrace: of the crash that was reported, else of all
 *	threads of the test's process
 * @answer_fd: to be answered and closed when it is done, or -1
 *
 * Return: false if it cannot be taken; @answer_fd then still is the caller's.
 */
bool unit__start_backtrace(struct unit *unit, int answer_fd);

/** unit__read_backtrace() - pass on what has been written of it */
void unit__read_backtrace(struct unit *unit);

/**
 * unit__end_backtrace() - it is complete, or has taken too long; a hanging test is the caller's to
 *	kill
 */
void unit__end_backtrace(struct unit *unit);

#endif
