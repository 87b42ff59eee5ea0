/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes kernels from the cache, or fetches them from the mirror into it. */
#ifndef VM_KERNEL_KERNEL_FETCH_H
#define VM_KERNEL_KERNEL_FETCH_H

struct vmtest;
struct kernel;

/**
 * kernel_fetch__pinned() - the kernel of kernel.pin, fetched unless it is cached; 0 or an exit
 *	status
 */
int kernel_fetch__pinned(struct vmtest *vm, struct kernel *kernel);

/** kernel_fetch__pinned_release() - the release that is booted without -k */
const char *kernel_fetch__pinned_release(void);

/**
 * kernel_fetch__version() - the highest kernel of a version, fetched unless one is cached
 * @prefix: the version; "": any, and the mirror is always asked
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch__version(struct vmtest *vm, const char *prefix, struct kernel *kernel);

#endif
