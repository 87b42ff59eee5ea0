/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_FILESYSTEM_H
#define RUNNER_SYSTEM_FILESYSTEM_H

/**
 * filesystem__open() - open a file system of the kernel without mounting it anywhere
 * @type: "bpf", "securityfs", "tracefs"
 *
 * Return: a descriptor of its root; -ENODEV if the kernel does not have it, or another negative
 * errno.
 */
int filesystem__open(const char *type);

/**
 * filesystem__mount_again() - mount a file system in the caller's mount namespace
 * @root_fd: a descriptor from filesystem__open(), which stays as it is
 * @path: the folder to mount on
 *
 * Return: 0, or a negative errno: -EINVAL before kernel 6.15.
 */
int filesystem__mount_again(int root_fd, const char *path);

#endif
