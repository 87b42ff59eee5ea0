/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_MOUNT_POINTS_H
#define RUNNER_SYSTEM_MOUNT_POINTS_H

/**
 * mount_points__find() - find all mounts of a file system type in the caller's mount namespace
 * @type: "bpf", "cgroup2"
 *
 * Return: a list of paths that ends with NULL, to be freed with mount_points__free(); NULL when out
 * of memory.
 */
char **mount_points__find(const char *type);

/**
 * mount_points__options() - the options of the file system that is mounted at a path
 * @point: as mount_points__find() returns it
 *
 * Return: "rw,nsdelegate", to be freed by the caller; NULL if nothing is mounted there.
 */
char *mount_points__options(const char *point);

/** mount_points__free() - free what mount_points__find() has returned */
void mount_points__free(char **points);

#endif
