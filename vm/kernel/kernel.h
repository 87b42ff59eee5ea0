/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a kernel that can be booted. */
#ifndef VM_KERNEL_KERNEL_H
#define VM_KERNEL_KERNEL_H

#include <stdbool.h>

struct vmtest;

/**
 * struct kernel - a kernel that can be booted
 * @release: release as in the output of uname -r
 * @image: the file that QEMU boots: an uncompressed vmlinux, or a bzImage without a PVH entry
 * @folder: the cache folder of a fetched kernel, or NULL
 * @config: file with the configuration, or NULL
 * @modules: folder with the content of /lib/modules/<release>, or NULL
 * @tree: build tree that has the modules (kernel_modules__of_tree()), or NULL
 */
struct kernel {
	char *release;
	char *image;
	char *folder;
	char *config;
	char *modules;
	char *tree;
};

/**
 * kernel__free() - Free the strings of a kernel.
 * @kernel: the kernel
 */
void kernel__free(struct kernel *kernel);

/**
 * kernel__from_cache() - Get the files of a kernel that is in the cache.
 * @vm: context
 * @release: release of the kernel
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel__from_cache(struct vmtest *vm, const char *release, struct kernel *kernel);

/**
 * kernel__from_folder() - Get the files of a kernel that kernel_folder__fill() has made.
 * @vm: context
 * @folder: the folder, in the cache
 * @release: release of the kernel
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel__from_folder(struct vmtest *vm, const char *folder, const char *release,
			struct kernel *kernel);

enum kernel_option { OPTION_UNKNOWN, OPTION_UNSET, OPTION_MODULE, OPTION_BUILT_IN };

/**
 * kernel__option() - Look up an option in a kernel's configuration.
 * @kernel: the kernel
 * @option: name without CONFIG_
 *
 * Return: OPTION_UNKNOWN if the configuration is not known.
 */
enum kernel_option kernel__option(const struct kernel *kernel, const char *option);

/**
 * kernel__has_option() - Check if a kernel's configuration has an option built in.
 * @kernel: the kernel
 * @option: name without CONFIG_
 *
 * Return: true if the configuration is known, and the option is =y.
 */
bool kernel__has_option(const struct kernel *kernel, const char *option);

#endif
