/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps track of the runner's children that belong to no test: those from before the first test,
 * and its own helper processes. It also remembers which leftovers were reported, so that each is
 * reported once.
 */
#ifndef RUNNER_PROCESS_CHILDREN_H
#define RUNNER_PROCESS_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

#define CHILDREN_REPORTED_MAX 256

struct child {
	pid_t pid;
	unsigned long long start; /* start time in ticks since boot; differs if a pid is reused */
};

struct children {
	struct child *known;
	int known_cnt;
	pid_t reported_pids[CHILDREN_REPORTED_MAX]; /* the last element is the latest pid */
};

/**
 * children__note_inherited() - remember the children that exist before the first test
 *
 * If a shell was replaced by this program (exec), the program has the children of the shell. No
 * test has left them.
 *
 * Return: 0, or a negative errno.
 */
int children__note_inherited(struct children *children);

/**
 * children__add() - remember @pid as a helper process of the runner, which no test has left; 0 or
 *	a negative errno
 */
int children__add(struct children *children, pid_t pid);

/** children__has() - whether @children remembers @pid as a child that belongs to no test */
bool children__has(const struct children *children, pid_t pid);

/**
 * children__report_once() - note that a process is reported as a leftover
 *
 * Return: false if it was reported before: the next unit may see it while it exits.
 */
bool children__report_once(struct children *children, pid_t pid);

/**
 * children__reap() - wait a moment for a helper process that was killed
 *
 * The helper may be waiting for a lock that a hanging test holds, or for a CPU that does not
 * respond. The event loop does not wait longer: the helper is then remembered in @children, and
 * ends later.
 */
void children__reap(struct children *children, pid_t pid);

/** children__free() - free the list of children */
void children__free(struct children *children);

#endif
