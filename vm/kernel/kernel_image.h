/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the files that hold a kernel: bzImage, vmlinux, and files of the build. */
#ifndef VM_KERNEL_KERNEL_IMAGE_H
#define VM_KERNEL_KERNEL_IMAGE_H

#include <stdbool.h>

struct vmtest;

/**
 * kernel_image__unpack() - make a vmlinux from a file with a kernel
 * @from: bzImage, vmlinux, one of these compressed, or a file of the build with a kernel in it
 * @to: the vmlinux to make; a file beside it may be made too
 * @bzimage: set to the path of the bzImage, which the caller frees; NULL if there is none
 *
 * Return: 0 or an exit status.
 */
int kernel_image__unpack(struct vmtest *vm, const char *from, const char *to, char **bzimage);

/**
 * kernel_image__configuration() - write the configuration that a vmlinux has with CONFIG_IKCONFIG=y
 * @to: the file to write
 * @found: set to whether there is one
 *
 * Return: 0 or an exit status.
 */
int kernel_image__configuration(struct vmtest *vm, const char *vmlinux, const char *to,
				bool *found);

/**
 * kernel_image__release() - get the release from the banner of a vmlinux, freed by the caller; or
 *	NULL
 */
char *kernel_image__release(const char *vmlinux);

/** kernel_image__has_pvh() - whether a vmlinux has a PVH entry, by which QEMU can boot it */
bool kernel_image__has_pvh(const char *vmlinux);

#endif
