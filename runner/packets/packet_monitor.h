/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that captures the packets of one test. It is a child of the runner, not of the test,
 * so that it captures until the test ends, in whatever way. It talks only to the runner, by
 * messages over a SOCK_SEQPACKET socket. Both ends are the same program, so a message is a plain
 * struct.
 *
 * A test sends its request to the runner as RECORD_CAPTURE. The runner passes the request on, with
 * the descriptor that the test waits for, and does not wait. The monitor answers the test.
 */
#ifndef RUNNER_PACKETS_PACKET_MONITOR_H
#define RUNNER_PACKETS_PACKET_MONITOR_H

#include <sys/types.h>

#include "runner/records/capture.h"
#include "runner/selection/selection.h"

struct packet_monitor {
	int runner_fd;
	int dir_fd; /* descriptor of the packets folder */
	const char *test;
	const struct selection *captured; /* the selection of -m */
	pid_t runner_pid;
};

/**
 * packet_monitor__run() - capture until the runner shuts its end of the socket down; for a child
 *
 * The process then writes everything that was captured, releases the namespaces, and exits.
 */
void packet_monitor__run(const struct packet_monitor *setup) __attribute__((noreturn));

#endif
