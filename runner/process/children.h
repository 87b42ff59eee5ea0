/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Children of the runner that are no test's: those it had before the first test, and its own helper
 * processes. And the leftovers that were reported, so that each is reported once.
 */
#ifndef RUNNER_PROCESS_CHILDREN_H
#define RUNNER_PROCESS_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

#define CHILDREN_REPORTED_MAX 256

struct child {
	pid_t pid;
	unsigned long long
		start; /* in ticks since boot: tells it from a later process with its pid */
};

struct children {
	struct child *known;
	int known_cnt;
	pid_t reported_pids[CHILDREN_REPORTED_MAX]; /* latest last */
};

/**
 * children__note_inherited() - remember the children that are there before the first test
 *
 * A program that a shell was replaced by (exec) has that shell's children: no test has left them.
 *
 * Return: 0, or a negative errno.
 */
int children__note_inherited(struct children *children);

/**
 * children__add() - @pid is the runner's own: no test has left it; returns 0 or a negative errno
 */
int children__add(struct children *children, pid_t pid);

/** children__has() - whether @pid is one of them */
bool children__has(const struct children *children, pid_t pid);

/**
 * children__report_once() - note that a process is reported as a leftover
 *
 * Return: false if it was reported before: the next unit may see it on its way out.
 */
bool children__report_once(struct children *children, pid_t pid);

/**
 * children__reap() - wait a moment for a helper process that was killed
 *
 * It may wait for a lock that a hanging test holds, or for a CPU that does not answer. The event
 * loop does not wait longer: the helper is then one of @children, and ends when the kernel lets it.
 */
void children__reap(struct children *children, pid_t pid);

/** children__free() - free what @children holds */
void children__free(struct children *children);

#endif
