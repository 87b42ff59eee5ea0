/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_KERNEL_FETCH_H
#define VM_KERNEL_KERNEL_FETCH_H

struct vmtest;
struct kernel;

/**
 * kernel_fetch__pinned() - Bring the pinned kernel into the cache.
 * @vm: context
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch__pinned(struct vmtest *vm, struct kernel *kernel);

/**
 * kernel_fetch__pinned_release() - The release that is booted without -k.
 *
 * Return: a constant string.
 */
const char *kernel_fetch__pinned_release(void);

/**
 * kernel_fetch__version() - Bring the highest kernel of a version into the cache.
 * @vm: context
 * @prefix: the beginning of its version; "": any
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch__version(struct vmtest *vm, const char *prefix, struct kernel *kernel);

#endif
