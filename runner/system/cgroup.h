/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_CGROUP_H
#define RUNNER_SYSTEM_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/* The names of the cgroups of runners begin with this. */
#define CGROUP_BASE_PREFIX "test_progs."

/* The runner's own cgroup, which is the parent of the tests' cgroups. */
struct cgroup_base {
	char *dir; /* absolute path, or NULL without cgroup2 */
};

/**
 * cgroup_base__create() - make the runner's cgroup, below the one that the runner is in
 * @error: receives a message, without newline
 * @size_bytes: of @error
 *
 * First kills and removes what dead runners have left there.
 *
 * Return: 0; -ENOENT without cgroup2 on this machine; another negative errno if it cannot be used.
 * Each error comes with a message.
 */
int cgroup_base__create(struct cgroup_base *base, char *error, size_t size_bytes);

/**
 * cgroup_base__remove() - remove the runner's cgroup, and free what @base holds
 * @is_kept: leave the cgroup as it is, because that of a test in it is kept
 */
void cgroup_base__remove(struct cgroup_base *base, bool is_kept);

/**
 * cgroup_base__open_parent() - open the cgroup that contains the runner's own one
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup_base__open_parent(const struct cgroup_base *base);

/**
 * cgroup_base__remove_kept() - remove a test's cgroup that the caller is in, and the runner's if it
 *	was the last one there
 * @parent_fd: of cgroup_base__open_parent(); the caller moves there, and may see other mounts by
 *	now
 */
void cgroup_base__remove_kept(const struct cgroup_base *base, int parent_fd, const char *name);

/**
 * cgroup__create() - make the cgroup of a test
 * @name: the folder's name in @base
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup__create(const struct cgroup_base *base, const char *name);

/** cgroup__mount_point() - where cgroup2 is mounted, to be freed by the caller; or NULL */
char *cgroup__mount_point(void);

/** cgroup__kill_and_remove() - kill what lives in a cgroup and remove it; 0 or a negative errno */
int cgroup__kill_and_remove(const char *path);

/** cgroup__kill() - send SIGKILL to all processes in it and below; 0 or a negative errno */
int cgroup__kill(int cgroup_fd);

/** cgroup__freeze() - freeze all processes in it, or let them go on; 0 or a negative errno */
int cgroup__freeze(int cgroup_fd, bool on);

/** cgroup__is_populated() - whether a process is in it or below; zombies do not count */
bool cgroup__is_populated(int cgroup_fd);

/**
 * cgroup__pids() - list the processes in it and below
 * @pids: filled in
 * @max: how many fit
 *
 * Return: the number of processes; only the first @max of them are in @pids.
 */
int cgroup__pids(int cgroup_fd, int *pids, int max);

/** cgroup__remove() - remove it with everything below; 0, or -EBUSY while a process lives there */
int cgroup__remove(const struct cgroup_base *base, const char *name);

#endif
