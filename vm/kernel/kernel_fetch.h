/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes kernels from the cache, or fetches them from the mirror into it. */
#ifndef VM_KERNEL_KERNEL_FETCH_H
#define VM_KERNEL_KERNEL_FETCH_H

struct vmtest;
struct kernel;

/**
 * kernel_fetch__pinned() - get the kernel of kernel.pin, from the cache or the mirror; 0 or an exit
 *	status
 */
int kernel_fetch__pinned(struct vmtest *vm, struct kernel *kernel);

/** kernel_fetch__pinned_release() - the release that is booted without -k */
const char *kernel_fetch__pinned_release(void);

/**
 * kernel_fetch__version() - get the highest kernel of a version, from the cache or the mirror
 * @prefix: the version; "": any version, and the mirror is asked even if a kernel is cached
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch__version(struct vmtest *vm, const char *prefix, struct kernel *kernel);

#endif
