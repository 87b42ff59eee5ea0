/* SPDX-License-Identifier: GPL-2.0-only */
/* The map of hits, shared by prog_tests/uprobe_multi_test.c and progs/uprobe_multi.c. */
#ifndef UPROBE_MULTI_H
#define UPROBE_MULTI_H

#define UPROBE_MULTI_PROCESSES 2

/* Not from 0, which memory that is not written has as well. */
enum probe_kind {
	PROBE_ENTRY = 1,
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
	unsigned long long cookies;         /* sum of the cookies of all hits */
	unsigned long long results;         /* sum of the function's return values */
	unsigned long long session_cookies; /* sum of the sessions' cookies at return */
};

/* If this bit of a session's cookie is set, the program asks at entry to skip the return. */
#define SESSION_WITHOUT_RETURN 1

/* The session's own cookie, which the program sets at entry, from the link's. */
#define SESSION_COOKIE(cookie) ((cookie) * 3 + 1)

#endif
