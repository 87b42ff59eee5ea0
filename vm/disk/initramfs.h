/* SPDX-License-Identifier: GPL-2.0-only */
/* The initramfs, with PID 1 of the guest and the modules that it may load. */
#ifndef VM_DISK_INITRAMFS_H
#define VM_DISK_INITRAMFS_H

#include <stdint.h>

struct vmtest;
struct kernel;
struct staging;

/**
 * initramfs__make() - make the initramfs in the temporary folder
 * @files: all files of a guest without disks (DISKS_MEMORY); NULL: the guest has disks
 * @path: set to its path, which the caller frees
 * @hash: set to a hash of its content; 0 with @files
 *
 * Return: 0 or an exit status.
 */
int initramfs__make(struct vmtest *vm, const struct kernel *kernel, const struct staging *files,
		    char **path, uint64_t *hash);

#endif
