/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The place in front of the test function where a test waits for gdb or strace: isolated, with its
 * requirements looked at, and nothing of the test done yet.
 */
#ifndef RUNNER_INSIDE_GATE_H
#define RUNNER_INSIDE_GATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "runner/command_line/options.h"

/* gdb sets it, before it lets the test go on. */
extern volatile int gate_is_open;

/**
 * gate__wait() - called by the test process: stop until @kind has attached to it
 *
 * It stops itself with SIGSTOP, which tells the runner that it is here. strace that attaches to a
 * stopped process has it stopped from the first moment on: SIGCONT then lets it go, and no system
 * call is missed. gdb would report that SIGSTOP to its user, so for gdb it waits once more, awake,
 * until gdb has set gate_is_open or has left again.
 */
void gate__wait(enum tracer_kind kind);

/** gate__is_traced() - whether somebody traces a process */
bool gate__is_traced(pid_t pid);

#endif
