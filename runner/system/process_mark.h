/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mark of a process: a number that all its descendants inherit, through fork and exec, even if
 * they change their session, cgroup, parent or descriptors. The mark can be read until the process
 * is reaped.
 *
 * The number is in the limit of the time that a real-time task may run (RLIMIT_RTTIME), which is
 * then 146000 years. A process that sets RLIMIT_RTTIME itself loses its mark.
 */
#ifndef RUNNER_SYSTEM_PROCESS_MARK_H
#define RUNNER_SYSTEM_PROCESS_MARK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** process_mark__make() - the mark of the @number-th test that this process starts */
uint64_t process_mark__make(unsigned int number);

/** process_mark__is_own() - whether this process has made the mark */
bool process_mark__is_own(uint64_t mark);

/** process_mark__set() - mark the caller; it stays unmarked if its hard limit is too low */
void process_mark__set(uint64_t mark);

/** process_mark__get() - the mark of a process, zombies included; 0 if it has none or is gone */
uint64_t process_mark__get(pid_t pid);

/**
 * process_mark__chase() - SIGKILL all processes with a mark, and those that they fork meanwhile,
 *	until no more are found
 * @limit_ms: time limit of the call
 */
void process_mark__chase(uint64_t mark, int limit_ms);

#endif
