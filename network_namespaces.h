/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network namespaces of a test beside its own one. They have no names in the file system, so that
 * copies of a test cannot meet: what `name` says is for messages and for the files of -m.
 */
#ifndef NETWORK_NAMESPACES_H
#define NETWORK_NAMESPACES_H

#include <stdbool.h>

struct netns_obj;

/**
 * netns_new() - make a network namespace with `lo` up
 * @name: what -m calls it
 * @open: the calling thread stays in it until netns_free()
 *
 * With -m its packets are captured from here on.
 *
 * Return: it, to be freed by the caller; NULL with errno set.
 */
struct netns_obj *netns_new(const char *name, bool open);

/**
 * netns_free() - forget a namespace, and leave it if netns_new() entered it
 *
 * It lives on while a process or socket is in it. @netns may be NULL.
 */
void netns_free(struct netns_obj *netns);

/**
 * netns_enter() - go into a namespace with the calling thread
 *
 * Return: what netns_leave() takes, or a negative errno.
 */
int netns_enter(const struct netns_obj *netns);

/** netns_leave() - go back to where netns_enter() was called; 0 or a negative errno */
int netns_leave(int came_from);

/** netns_fd() - the namespace as a descriptor, for `ip link set DEV netns /proc/PID/fd/N` */
int netns_fd(const struct netns_obj *netns);

#endif
