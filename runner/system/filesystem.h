/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_SYSTEM_FILESYSTEM_H
#define RUNNER_SYSTEM_FILESYSTEM_H

/**
 * filesystem__open() - open a file system of the kernel without mounting it anywhere
 * @type: "securityfs", "tracefs"
 *
 * Return: a descriptor of its root; -ENODEV if the kernel does not have it, or another negative
 * errno.
 */
int filesystem__open(const char *type);

#endif
