/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_PROCESS_BACKTRACE_H
#define RUNNER_PROCESS_BACKTRACE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * backtrace__write_crash() - write the stack of a thread at the moment when it crashed
 * @pid: the process, which waits in its crash handler
 * @tid: the thread that runs the handler
 * @pc: the address at which the signal came; shown alone if the stack cannot be unwound that far
 *
 * Attaches with ptrace, and detaches. Reading the debug information takes long: call it in a
 * process of its own, never in the event loop.
 */
void backtrace__write_crash(pid_t pid, pid_t tid, uint64_t pc, FILE *out);

/** backtrace__write_threads() - write the stack of every thread of a process */
void backtrace__write_threads(pid_t pid, FILE *out);

#endif
