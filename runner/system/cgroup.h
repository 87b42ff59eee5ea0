/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_CGROUP_H
#define RUNNER_SYSTEM_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/* How the names of the cgroups of runners begin. */
#define CGROUP_BASE_PREFIX "test_progs."

/* The runner's own cgroup, parent of the tests' ones. */
struct cgroup_base {
	char *dir; /* absolute path, or NULL where there is no cgroup2 */
};

/**
 * cgroup_base__create() - make the runner's cgroup, below the one the runner is in
 * @error: where a message goes, without newline
 * @size_bytes: of @error
 *
 * Kills and removes first what runners that are dead have left there.
 *
 * Return: 0; -ENOENT without cgroup2 on this machine; another negative errno if it cannot be
 * used. Each with a message.
 */
int cgroup_base__create(struct cgroup_base *base, char *error, size_t size_bytes);

/**
 * cgroup_base__remove() - remove it, and free what @base holds
 * @is_kept: leave it as it is: the cgroup of a test in it is kept
 */
void cgroup_base__remove(struct cgroup_base *base, bool is_kept);

/**
 * cgroup_base__open_parent() - the cgroup that the runner's own one is in
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup_base__open_parent(const struct cgroup_base *base);

/**
 * cgroup_base__remove_kept() - remove a test's cgroup that the caller is in, and the runner's if it
 *	was
 *	the last one there
 * @parent_fd: of cgroup_base__open_parent(); the caller goes there, and may see other mounts now
 */
void cgroup_base__remove_kept(const struct cgroup_base *base, int parent_fd, const char *name);

/**
 * cgroup__create() - make a test's cgroup
 * @name: of the folder in @base
 *
 * Return: a descriptor of the folder, or a negative errno.
 */
int cgroup__create(const struct cgroup_base *base, const char *name);

/** cgroup__mount_point() - where cgroup2 is mounted, to be freed by the caller; or NULL */
char *cgroup__mount_point(void);

/** cgroup__kill_and_remove() - end what lives in it, and remove it; 0 or a negative errno */
int cgroup__kill_and_remove(const char *path);

/** cgroup__kill() - SIGKILL every process in it and below; 0 or a negative errno */
int cgroup__kill(int cgroup_fd);

/** cgroup__freeze() - let nothing in it go on, or all of it again; 0 or a negative errno */
int cgroup__freeze(int cgroup_fd, bool on);

/** cgroup__is_populated() - whether a process that is no zombie is in it or below */
bool cgroup__is_populated(int cgroup_fd);

/**
 * cgroup__pids() - the processes in it and below
 * @pids: filled in
 * @max: how many fit
 *
 * Return: how many there are; those behind @max are not in @pids.
 */
int cgroup__pids(int cgroup_fd, int *pids, int max);

/** cgroup__remove() - remove it with everything below; 0, or -EBUSY while something lives there */
int cgroup__remove(const struct cgroup_base *base, const char *name);

#endif
