/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_PROCESS_H
#define RUNNER_SYSTEM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runner/text/capped_log.h"

/**
 * process__fork() - fork a child, born in a cgroup
 * @cgroup_fd: descriptor of the cgroup's folder, or -1 for the caller's own cgroup
 * @pid_fd: set in the parent: the child's pidfd, close-on-exec
 *
 * The caller must be single-threaded.
 *
 * Return: 0 in the child, its pid in the parent, or a negative errno.
 */
pid_t process__fork(int cgroup_fd, int *pid_fd);

/**
 * process__set_oom_score_adj() - who the kernel ends first, -1000 (never) to 1000; what cannot be
 *	stays. Children inherit it.
 */
void process__set_oom_score_adj(int value);

/**
 * process__start_time() - when a process began, in clock ticks since boot
 *
 * With the pid it names a process for ever. Return: 0, or a negative errno.
 */
int process__start_time(pid_t pid, unsigned long long *ticks);

/**
 * process__list() - the processes whose parent is @parent or that are in a session, zombies
 *	included
 * @session: its id, or -1
 *
 * Return: how many there are; those behind @max are not in @pids.
 */
int process__list(pid_t parent, pid_t session, pid_t *pids, int max);

/** process__now_ticks() - the time in which process__start_time() counts */
unsigned long long process__now_ticks(void);

/**
 * process__add() - append a process, if it is not there yet
 * @pids: @cnt processes, with room for @max
 *
 * Return: how many are in @pids.
 */
int process__add(pid_t *pids, int cnt, int max, pid_t pid);

/**
 * process__add_descendants() - append what descends from processes or is in a session, and what
 *	descends from that
 * @pids: @cnt processes, with room for @max
 * @session: its id, or -1
 *
 * Return: how many are in @pids.
 */
int process__add_descendants(pid_t *pids, int cnt, int max, pid_t session);

/** process__writes_to() - whether its stdout or stderr is the file with this inode */
bool process__writes_to(pid_t pid, unsigned long inode);

/** process__is_in_cgroup() - whether a part of the path of its cgroup begins with @name */
bool process__is_in_cgroup(pid_t pid, const char *name);

/** process__name() - the name of a process as ps shows it; "?" if it is gone */
void process__name(pid_t pid, char *name, size_t size_bytes);

/** process__is_zombie() - whether it is dead and waits for its parent */
bool process__is_zombie(pid_t pid);

/** process__is_dying() - whether it exits, or has a signal before it that ends it; true if gone */
bool process__is_dying(pid_t pid);

/** process__in_initial_pid_namespace() - false in a PID namespace; true if it cannot be told */
bool process__in_initial_pid_namespace(void);

/**
 * process__log_stacks() - append state, wait channel and kernel stack of its threads
 *
 * Return: how many threads that were, @max at most.
 */
int process__log_stacks(pid_t pid, int max, struct capped_log *log);

#endif
