/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of a test to the process that captures its packets, and that process' reports to the
 * runner. Both ends are the same program: a message is a struct.
 */
#ifndef RUNNER_RECORDS_CAPTURE_H
#define RUNNER_RECORDS_CAPTURE_H

#include <limits.h>
#include <stdint.h>

/* The own network namespace of a test, in the names of files. */
#define OWN_NETNS_NAME "own"

enum capture_request_kind {
	CAPTURE_NETNS = 1, /* capture the namespace of thread @tid, called @name */
	CAPTURE_RELEASE,   /* let @netns go */
	CAPTURE_SUBTEST,   /* packets from now on are those of subtest @number, called @name */
	CAPTURE_NO_SUBTEST,
};

struct capture_request {
	int32_t kind;
	int32_t number;
	int32_t tid;
	uint64_t netns; /* its inode */
	char name[256], description[256];
};

/* One file with packets, or why there is none. */
struct capture_report {
	int32_t error; /* a negative errno, or 0 */
	uint64_t packets, lost, not_kept;
	char netns[64];
	char file[NAME_MAX + 1]; /* in the folder of packets */
};

#endif
