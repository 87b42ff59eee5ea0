/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The place before the test function where a test waits for gdb or strace. The test is isolated and
 * its requirements are checked, but its function has not begun.
 */
#ifndef RUNNER_INSIDE_GATE_H
#define RUNNER_INSIDE_GATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "runner/command_line/options.h"

/* gdb sets this before it lets the test go on. */
extern volatile int gate_is_open;

/**
 * gate__wait() - stop the calling test process until @kind has attached to it
 *
 * The test stops itself with SIGSTOP, which tells the runner that it waits. strace can attach to a
 * stopped process before SIGCONT lets it go on, and then misses no system call. gdb would show the
 * SIGSTOP to its user. With gdb the test therefore goes on, and waits a second time, by polling,
 * until gdb has set gate_is_open or has detached.
 */
void gate__wait(enum tracer_kind kind);

/** gate__is_traced() - whether a process is being traced */
bool gate__is_traced(pid_t pid);

#endif
