/* SPDX-License-Identifier: GPL-2.0-only */
/* Folders: made, locked and removed. All functions print nothing. */
#ifndef VM_HOST_FOLDER_H
#define VM_HOST_FOLDER_H

/** folder__make() - make a folder, which may exist, and those above it; 0 or -errno */
int folder__make(const char *path);

/** folder__make_parent() - make the folder that an absolute @path lies in; 0 or -errno */
int folder__make_parent(const char *path);

/** folder__remove() - remove @path with all that is in it; 0, also if it is absent, or -errno */
int folder__remove(const char *path);

/**
 * folder__lock() - open a folder and take its lock without waiting
 *
 * Return: a descriptor that holds the lock until it is closed, or -errno. -EWOULDBLOCK: somebody
 * else has the lock.
 */
int folder__lock(const char *path);

#endif
