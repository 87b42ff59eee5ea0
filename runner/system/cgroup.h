/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_CGROUP_H
#define RUNNER_SYSTEM_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/* The names of the cgroups of runners begin with this. */
#define CGROUP_BASE_PREFIX "test_progs."

/* The runner's own cgroup, which is the parent of the tests' cgroups. */
struct cgroup_base {
	char *dir; /* absolute path of the runner's cgroup, or NULL without cgroup2 */
};

/**
 * cgroup_base__create() - make the runner's cgroup, below the one that the runner is in
 * @error: receives a message, without newline
 * @size_bytes: of @error
 *
 * The call first kills the processes and removes the cgroups that dead runners have left there.
 *
 * Return: 0; -ENOENT without cgroup2 on this machine; another negative errno if it cannot be used.
 * Each error comes with a message.
 */
int cgroup_base__create(struct cgroup_base *base, char *error, size_t size_bytes);

/**
 * cgroup_base__remove() - remove the runner's cgroup, and free what @base holds
 * @is_kept: leave the cgroup as it is, because the cgroup of a test below it is kept
 */
void cgroup_base__remove(struct cgroup_base *base, bool is_kept);

/**
 * cgroup_base__open_parent() - open the cgroup that contains the runner's own one
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup_base__open_parent(const struct cgroup_base *base);

/**
 * cgroup_base__remove_kept() - remove a test's cgroup that the caller is in, and the runner's
 *	cgroup if no other test's cgroup is left there
 * @parent_fd: descriptor of cgroup_base__open_parent(), because the caller may see other mounts by
 *	now; the caller moves there
 */
void cgroup_base__remove_kept(const struct cgroup_base *base, int parent_fd, const char *name);

/**
 * cgroup__create() - make the cgroup of a test
 * @name: the folder's name in @base
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup__create(const struct cgroup_base *base, const char *name);

/** cgroup__mount_point() - the path where cgroup2 is mounted, freed by the caller; or NULL */
char *cgroup__mount_point(void);

/** cgroup__kill_and_remove() - kill the processes of a cgroup, and remove it; 0 or -errno */
int cgroup__kill_and_remove(const char *path);

/** cgroup__kill() - send SIGKILL to all processes in a cgroup and below; 0 or a negative errno */
int cgroup__kill(int cgroup_fd);

/** cgroup__freeze() - freeze all processes in a cgroup, or let them go on; 0 or -errno */
int cgroup__freeze(int cgroup_fd, bool on);

/** cgroup__is_populated() - whether a process, not a zombie, is in a cgroup or below */
bool cgroup__is_populated(int cgroup_fd);

/**
 * cgroup__pids() - list the processes in a cgroup and below
 * @pids: filled in
 * @max: room in @pids
 *
 * Return: the number of processes; only the first @max of them are in @pids.
 */
int cgroup__pids(int cgroup_fd, int *pids, int max);

/** cgroup__remove() - remove a cgroup with all below; 0, or -EBUSY while a process lives there */
int cgroup__remove(const struct cgroup_base *base, const char *name);

#endif
