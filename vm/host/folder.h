/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that make, lock and remove folders. They print nothing. */
#ifndef VM_HOST_FOLDER_H
#define VM_HOST_FOLDER_H

/** folder__make() - make a folder and its parents, which may exist; 0 or -errno */
int folder__make(const char *path);

/** folder__make_parent() - make the parent folder of an absolute @path; 0 or -errno */
int folder__make_parent(const char *path);

/** folder__remove() - remove @path, which may not exist, with its contents; 0 or -errno */
int folder__remove(const char *path);

/**
 * folder__lock() - open a folder and take its lock without waiting
 *
 * Return: a descriptor that holds the lock until it is closed, or -errno. -EWOULDBLOCK: another
 * process has the lock.
 */
int folder__lock(const char *path);

#endif
