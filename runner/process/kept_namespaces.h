/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of a failed test that --keep leaves: its network and mount namespaces, held by a parked
 * process, and its cgroup. The processes of the test itself are killed as always; the parked one is
 * the runner's own, sleeps, and has no descriptor of the run.
 *
 * It sleeps in a cgroup below that of the test, so the next runner finds and ends it with all else
 * that a dead runner has left (cgroup.h).
 */
#ifndef RUNNER_PROCESS_KEPT_NAMESPACES_H
#define RUNNER_PROCESS_KEPT_NAMESPACES_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "runner/process/unit.h"

#define KEPT_MAX 16

struct kept_test {
	char *name;
	int number;
	pid_t pid;    /* of the parked process, or 0 */
	char *cgroup; /* path, or NULL */
	char *error;  /* why nothing of it is kept, or NULL */
	bool has_net, has_mounts;
};

struct kept {
	struct kept_test tests[KEPT_MAX];
	int cnt;
	int left_out; /* failed tests beyond those */
};

/** kept__begin_test() - a test is about to start: nothing is held of it */
void kept__begin_test(struct unit *unit);

/** kept__hold_namespaces() - the test's process has entered its namespaces */
void kept__hold_namespaces(struct unit *unit);

/** kept__end_test() - it has its result: keep what is to be kept, let go of the rest */
void kept__end_test(struct unit *unit);

/** kept__print() - how to enter and to remove what is kept */
void kept__print(const struct kept *kept, FILE *out);

/** kept__has_cgroup() - whether a cgroup of a test is kept */
bool kept__has_cgroup(const struct kept *kept);

/** kept__free() - free what @kept holds; what is kept of tests stays */
void kept__free(struct kept *kept);

#endif
