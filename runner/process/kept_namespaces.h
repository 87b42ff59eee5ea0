/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps parts of a failed test for --keep: its network and mount namespaces, held by a parked
 * process, and its cgroup. The processes of the test itself are killed as always. The parked
 * process belongs to the runner, only sleeps, and has no descriptor of the run.
 *
 * The parked process is in a cgroup below the cgroup of the test, so the next runner finds and ends
 * it together with everything else that a dead runner has left (cgroup.h).
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
	pid_t pid;    /* pid of the parked process, or 0 */
	char *cgroup; /* path of the test's cgroup, or NULL */
	char *error;  /* the reason why nothing of the test is kept, or NULL */
	bool has_net, has_mounts;
};

struct kept {
	struct kept_test tests[KEPT_MAX];
	int cnt;
	int left_out; /* number of failed tests beyond KEPT_MAX */
};

/** kept__begin_test() - prepare a unit for a new test, which has no namespaces yet */
void kept__begin_test(struct unit *unit);

/** kept__hold_namespaces() - open the namespaces of the test process, after it has entered them */
void kept__hold_namespaces(struct unit *unit);

/** kept__end_test() - after the result: keep the parts of a failed test, and release all others */
void kept__end_test(struct unit *unit);

/** kept__print() - print how to enter the kept namespaces and cgroups, and how to remove them */
void kept__print(const struct kept *kept, FILE *out);

/** kept__has_cgroup() - whether a cgroup of a test is kept */
bool kept__has_cgroup(const struct kept *kept);

/** kept__free() - free the list; the kept namespaces and cgroups stay */
void kept__free(struct kept *kept);

#endif
