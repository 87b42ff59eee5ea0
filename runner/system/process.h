/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_PROCESS_H
#define RUNNER_SYSTEM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runner/text/capped_log.h"

/**
 * process__fork() - fork a child, which is born in a cgroup
 * @cgroup_fd: descriptor of the cgroup's folder, or -1 for the caller's own cgroup
 * @pid_fd: set in the parent to the pidfd of the child, close-on-exec
 *
 * The caller must be single-threaded.
 *
 * Return: 0 in the child, its pid in the parent, or a negative errno.
 */
pid_t process__fork(int cgroup_fd, int *pid_fd);

/**
 * process__set_oom_score_adj() - tell the OOM killer which process to prefer, -1000 (never) to 1000
 *
 * Children inherit the value. A value that is not allowed changes nothing.
 */
void process__set_oom_score_adj(int value);

/**
 * process__start_time() - the time when a process began, in clock ticks since boot
 *
 * Together with the pid, the time identifies a process for ever. Return: 0, or a negative errno.
 */
int process__start_time(pid_t pid, unsigned long long *ticks);

/**
 * process__children() - list the children of the caller, zombies included
 * @pids: room for more than the number of children, @max
 *
 * The caller must be single-threaded.
 *
 * Return: the number of children; -E2BIG if there may be more; another negative errno if the
 * kernel has no such list (CONFIG_PROC_CHILDREN).
 */
int process__children(pid_t *pids, int max);

/**
 * process__list() - list the processes that have @parent as parent or are in a session, zombies
 *	included
 * @parent: pid of the parent, or -1
 * @session: id of the session, or -1
 *
 * Return: the number of processes; only the first @max of them are in @pids.
 */
int process__list(pid_t parent, pid_t session, pid_t *pids, int max);

/** process__now_ticks() - the current time on the scale of process__start_time() */
unsigned long long process__now_ticks(void);

/**
 * process__add() - append a process, unless it is in the list already
 * @pids: @cnt processes, with room for @max
 *
 * Return: the number of processes in @pids.
 */
int process__add(pid_t *pids, int cnt, int max, pid_t pid);

/**
 * process__add_descendants() - append the members of a session, and all descendants of the
 *	processes in the list
 * @pids: @cnt processes, with room for @max
 * @session: id of the session, or -1
 *
 * Return: the number of processes in @pids.
 */
int process__add_descendants(pid_t *pids, int cnt, int max, pid_t session);

/** process__writes_to() - whether stdout or stderr of a process is the file with this inode */
bool process__writes_to(pid_t pid, unsigned long inode);

/** process__is_in_cgroup() - whether a part of the path of a process's cgroup begins with @name */
bool process__is_in_cgroup(pid_t pid, const char *name);

/** process__name() - the name of a process as ps shows it; "?" if it is gone */
void process__name(pid_t pid, char *name, size_t size_bytes);

/** process__is_zombie() - whether a process is dead and waits for its parent */
bool process__is_zombie(pid_t pid);

/**
 * process__is_dying() - whether a process exits, or has a pending signal that ends it; true if it
 *	is gone
 */
bool process__is_dying(pid_t pid);

/** process__in_initial_pid_namespace() - whether the caller is there; true also if unknown */
bool process__in_initial_pid_namespace(void);

/**
 * process__log_stacks() - append state, wait channel and kernel stack of each thread of a process
 *
 * Return: the number of these threads, @max at most.
 */
int process__log_stacks(pid_t pid, int max, struct capped_log *log);

#endif
