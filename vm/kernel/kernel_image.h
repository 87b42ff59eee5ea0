/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_KERNEL_IMAGE_H
#define VM_KERNEL_KERNEL_IMAGE_H

#include <stdbool.h>

struct vmtest;

/**
 * kernel_image__unpack() - Get the uncompressed vmlinux out of a bzImage.
 * @vm: context
 * @from: a bzImage or vmlinux
 * @to: where the vmlinux goes
 *
 * Return: 0 or an exit status.
 */
int kernel_image__unpack(struct vmtest *vm, const char *from, const char *to);

/**
 * kernel_image__release() - Read the release out of a vmlinux.
 * @vmlinux: the file
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_image__release(const char *vmlinux);

/**
 * kernel_image__has_pvh() - Whether QEMU can boot a vmlinux directly.
 * @vmlinux: the file
 *
 * Return: true if it has a PVH entry.
 */
bool kernel_image__has_pvh(const char *vmlinux);

#endif
