/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of a test to the process that captures its packets, and the reports of that process to
 * the runner. All of them are the same program, so a message is a plain struct.
 */
#ifndef RUNNER_RECORDS_CAPTURE_H
#define RUNNER_RECORDS_CAPTURE_H

#include <limits.h>
#include <stdint.h>

/* The name of a test's own network namespace, used in file names. */
#define OWN_NETNS_NAME "own"

enum capture_request_kind {
	CAPTURE_NETNS = 1,  /* capture the namespace of thread @tid, called @name */
	CAPTURE_RELEASE,    /* stop capturing @netns */
	CAPTURE_SUBTEST,    /* assign packets from now on to subtest @number, called @name */
	CAPTURE_NO_SUBTEST, /* assign packets from now on to no subtest */
};

struct capture_request {
	int32_t kind;
	int32_t number;
	int32_t tid;
	uint64_t netns; /* inode of the namespace */
	char name[256], description[256];
};

/* The report about a file with packets, or about an error. */
struct capture_report {
	int32_t error; /* error of the capture: a negative errno, or 0 */
	uint64_t packets, lost, not_kept;
	char netns[64];
	char file[NAME_MAX + 1]; /* name of the file in the packets folder */
};

#endif
