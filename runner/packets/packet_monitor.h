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

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "runner/selection/selection.h"

/* The own network namespace of a test, in the names of files. */
#define OWN_NETNS_NAME "own"

enum capture_request_kind {
	CAPTURE_NETNS = 1, /* capture the namespace of thread @tid, called @name */
	CAPTURE_RELEASE,   /* let @netns go */
	CAPTURE_SUBTEST,   /* what comes now is of subtest @number, called @name */
	CAPTURE_NO_SUBTEST,
};

struct capture_request {
	int32_t kind;
	int32_t number;
	int32_t tid;
	uint64_t netns; /* its inode */
	char name[256], description[256];
};

/* What has become of one file, or why there is none. */
struct capture_report {
	int32_t error; /* a negative errno, or 0 */
	uint64_t packets, lost, not_kept;
	char netns[64];
	char file[NAME_MAX + 1]; /* in the folder of packets */
};

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
