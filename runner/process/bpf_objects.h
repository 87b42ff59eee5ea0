/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF programs, maps and links that processes hold, from /proc/PID/fdinfo and the kernel. */
#ifndef RUNNER_PROCESS_BPF_OBJECTS_H
#define RUNNER_PROCESS_BPF_OBJECTS_H

#include <stdio.h>
#include <sys/types.h>

/**
 * bpf_objects__write() - write a line for each object, with a process and a descriptor that holds
 *	it
 *
 * Writes nothing if there is none. Reading a link may wait for a kernel lock that a test holds:
 * call it where a wait does no harm.
 */
void bpf_objects__write(const pid_t *pids, int pids_cnt, FILE *out);

#endif
