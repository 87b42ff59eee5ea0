/* SPDX-License-Identifier: GPL-2.0-only */
/* The map of hits, shared by prog_tests/uprobe_multi_test.c and progs/uprobe_multi.c. */
#ifndef UPROBE_MULTI_H
#define UPROBE_MULTI_H

#define UPROBE_MULTI_PROCESSES 2

enum probe_kind {
	PROBE_ENTRY,
	PROBE_RETURN,
	PROBE_SLEEPABLE,
	PROBE_SESSION_ENTRY,
	PROBE_SESSION_RETURN,
};

/* The key of all hits of one function in one process, by one kind of probe. */
struct hit_key {
	unsigned long long address; /* address of the function */
	unsigned int tgid;
	unsigned int kind;
};

struct hit_sum {
	unsigned long long hits;
	unsigned long long cookies; /* sum of the cookies of all hits */
	unsigned long long results; /* sum of the function's return values */
};

/* If this bit of a session's cookie is set, the program asks at entry to skip the return. */
#define SESSION_WITHOUT_RETURN 1

#endif
