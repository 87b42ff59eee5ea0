/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that captures the packets of one test. It is the runner's child and not the test's,
 * so that it sees the test to its end, whichever that is; it talks to the runner only, by messages
 * over a SOCK_SEQPACKET socket. Both ends are the same program: a message is a struct.
 *
 * A test asks with RECORD_CAPTURE. The runner passes that on, with the descriptor that the test
 * waits for, and goes on; the monitor answers the test.
 */
#ifndef RUNNER_PACKETS_PACKET_MONITOR_H
#define RUNNER_PACKETS_PACKET_MONITOR_H

#include <sys/types.h>

#include "runner/records/capture.h"
#include "runner/selection/selection.h"

struct packet_monitor {
	int runner_fd;
	int dir_fd; /* folder of packets */
	const char *test;
	const struct selection *captured; /* tests and subtests */
	pid_t runner_pid;
};

/**
 * packet_monitor__run() - be the process, until the runner's end of the socket is shut down
 *
 * Then everything that was captured is written, and the namespaces are let go.
 */
void packet_monitor__run(const struct packet_monitor *setup) __attribute__((noreturn));

#endif
