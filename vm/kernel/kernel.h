/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel to boot: from the command line's word to files.
 */
#ifndef VM_KERNEL_KERNEL_H
#define VM_KERNEL_KERNEL_H

#include <stdbool.h>

struct vmtest;

/**
 * struct kernel - a kernel that can be booted
 * @release: as uname -r says it
 * @image: what QEMU boots: an uncompressed vmlinux, or a bzImage without a PVH entry
 * @folder: the cache folder of a fetched kernel, or NULL
 * @config: its configuration, or NULL
 * @modules: what belongs into /lib/modules/<release>, or NULL
 */
struct kernel {
	char *release;
	char *image;
	char *folder;
	char *config;
	char *modules;
};

/**
 * kernel__free() - Free what a kernel owns.
 * @kernel: the kernel
 */
void kernel__free(struct kernel *kernel);

/**
 * kernel__from_cache() - Describe a kernel that is in the cache.
 * @vm: context
 * @release: its release
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel__from_cache(struct vmtest *vm, const char *release, struct kernel *kernel);

/**
 * kernel__has_option() - Whether a kernel's configuration is known to have an option built in.
 * @kernel: the kernel
 * @option: name without CONFIG_
 *
 * Return: true if it is known and =y.
 */
bool kernel__has_option(const struct kernel *kernel, const char *option);

#endif
