/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of the cache with the files of a kernel. */
#ifndef VM_KERNEL_KERNEL_FOLDER_H
#define VM_KERNEL_KERNEL_FOLDER_H

struct vmtest;

/**
 * kernel_folder__release() - find the release of the kernel whose packages were unpacked
 * @unpacked: the folder with the content of the packages
 *
 * Return: a string that the caller frees; NULL if there is no image of a kernel.
 */
char *kernel_folder__release(const char *unpacked);

/**
 * kernel_folder__fill() - make vmlinux, vmlinuz, config, System.map, modules and release
 * @folder: the folder that gets them
 * @unpacked: the folder with the content of the packages; it is removed
 * @release: release of the kernel
 *
 * Return: 0 or an exit status.
 */
int kernel_folder__fill(struct vmtest *vm, const char *folder, const char *unpacked,
			const char *release);

#endif
