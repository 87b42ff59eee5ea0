/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF programs, maps and links that processes hold, from /proc/PID/fdinfo and the kernel. */
#ifndef RUNNER_PROCESS_BPF_OBJECTS_H
#define RUNNER_PROCESS_BPF_OBJECTS_H

#include <stdio.h>
#include <sys/types.h>

/**
 * bpf_objects__write() - write a line for each BPF program, map and link that processes hold, with
 *	one process and one descriptor that hold it
 *
 * Writes nothing if they hold none. Reading the fdinfo of a link may wait for a kernel lock that a
 * test holds: call this only where a wait does no harm.
 */
void bpf_objects__write(const pid_t *pids, int pids_cnt, FILE *out);

#endif
