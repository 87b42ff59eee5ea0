/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides the message and the exit status for the end of a session. */
#ifndef VM_VERDICT_H
#define VM_VERDICT_H

#include <stdbool.h>

struct session;
struct vmtest;

struct verdict {
	int status;      /* exit status of vmtest */
	bool is_failure; /* the status is not from the command: show the console */
};

/** verdict__of() - judge a session that has ended, and print the message */
struct verdict verdict__of(const struct session *session);

/**
 * verdict__for_bisect() - the exit status for git bisect
 * @vm: context
 * @runs_test_progs: the command is test_progs, and its status has test_progs' meaning
 * @status: the exit status without --bisect
 *
 * git bisect takes 125 for a commit that cannot be tested, every other status from 1 to 127 for a bad
 * one, and ends at a status from 128 (git-bisect(1)).
 *
 * Return: 0, EXIT_BISECT_BAD, EXIT_BISECT_UNKNOWN, or a status from 128.
 */
int verdict__for_bisect(const struct vmtest *vm, bool runs_test_progs, int status);

#endif
