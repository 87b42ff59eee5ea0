/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the files that hold a kernel: bzImage and vmlinux. */
#ifndef VM_KERNEL_KERNEL_IMAGE_H
#define VM_KERNEL_KERNEL_IMAGE_H

#include <stdbool.h>

struct vmtest;

/** kernel_image__unpack() - make a vmlinux at @to from a bzImage or vmlinux; 0 or an exit status */
int kernel_image__unpack(struct vmtest *vm, const char *from, const char *to);

/**
 * kernel_image__release() - get the release from the banner of a vmlinux, freed by the caller; or
 *	NULL
 */
char *kernel_image__release(const char *vmlinux);

/** kernel_image__has_pvh() - whether a vmlinux has a PVH entry, by which QEMU can boot it */
bool kernel_image__has_pvh(const char *vmlinux);

#endif
