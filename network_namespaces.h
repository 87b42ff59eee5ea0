/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network namespaces that a test creates in addition to its own. They have no names in the file
 * system, so copies of a test cannot collide. `name` is only for messages and for the files of -m.
 */
#ifndef NETWORK_NAMESPACES_H
#define NETWORK_NAMESPACES_H

#include <stdbool.h>

struct netns_obj;

/**
 * netns_new() - create a network namespace with `lo` up
 * @name: name of the namespace in the files of -m
 * @open: if true, the calling thread stays in the namespace until netns_free()
 *
 * With -m, the packets of the namespace are captured from now on.
 *
 * Return: the namespace, which the caller frees; NULL with errno set after an error.
 */
struct netns_obj *netns_new(const char *name, bool open);

/**
 * netns_free() - release a namespace, and leave it if netns_new() entered it
 *
 * The kernel keeps the namespace while a process or socket is in it. @netns may be NULL.
 */
void netns_free(struct netns_obj *netns);

/**
 * netns_enter() - move the calling thread into a namespace
 *
 * Return: the old namespace as a descriptor for netns_leave(), or a negative errno.
 */
int netns_enter(const struct netns_obj *netns);

/** netns_leave() - go back to the namespace before netns_enter(); 0 or a negative errno */
int netns_leave(int came_from);

/** netns_fd() - the descriptor of a namespace, for `ip link set DEV netns /proc/PID/fd/N` */
int netns_fd(const struct netns_obj *netns);

#endif
