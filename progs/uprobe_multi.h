/* SPDX-License-Identifier: GPL-2.0-only */
/* What prog_tests/uprobe_multi_test.c and progs/uprobe_multi.c share. */
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

/* All hits of one function in one process, by one kind of probe. */
struct hit_key {
	unsigned long long address; /* of the function */
	unsigned int tgid;
	unsigned int kind;
};

struct hit_sum {
	unsigned long long hits;
	unsigned long long cookies; /* the sum over all hits */
	unsigned long long results; /* the same of what the function returned */
};

/* A session whose cookie has this bit set asks at entry to be left out at return. */
#define SESSION_WITHOUT_RETURN 1

#endif
