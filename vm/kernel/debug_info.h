/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the debug information of a kernel, for gdb. */
#ifndef VM_KERNEL_DEBUG_INFO_H
#define VM_KERNEL_DEBUG_INFO_H

struct kernel;

/**
 * debug_info__find() - find the vmlinux with the debug information of a kernel
 * @kernel: the kernel
 *
 * It is in the kernel's build tree, or the kernel's image itself, or where the packages of
 * distributions put it.
 *
 * Return: a path that the caller frees, or NULL.
 */
char *debug_info__find(const struct kernel *kernel);

#endif
