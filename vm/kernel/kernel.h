/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel to boot: from the command line's word to files.
 */
#ifndef VM_KERNEL_KERNEL_H
#define VM_KERNEL_KERNEL_H

#include "vm/host/vmtest.h"

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
 * kernel_find() - Resolve the word of -k, fetching the kernel if need be.
 * @vm: context
 * @word: version, "latest", "host", file or build tree; NULL: the pinned kernel
 * @kernel: to be freed with kernel_free() whatever is returned
 *
 * Return: 0 or an exit status.
 */
int kernel_find(struct vmtest *vm, const char *word, struct kernel *kernel);

/**
 * kernel_free() - Free what a kernel owns.
 * @kernel: the kernel
 */
void kernel_free(struct kernel *kernel);

/**
 * kernel_from_cache() - Describe a kernel that is in the cache.
 * @vm: context
 * @release: its release
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel_from_cache(struct vmtest *vm, const char *release, struct kernel *kernel);

/**
 * kernel_has_option() - Whether a kernel's configuration is known to have an option built in.
 * @kernel: the kernel
 * @option: name without CONFIG_
 *
 * Return: true if it is known and =y.
 */
bool kernel_has_option(const struct kernel *kernel, const char *option);

/* kernel_fetch.c */

/**
 * kernel_fetch_pinned() - Bring the pinned kernel into the cache.
 * @vm: context
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch_pinned(struct vmtest *vm, struct kernel *kernel);

/**
 * kernel_pinned_release() - The release that is booted without -k.
 *
 * Return: a constant string.
 */
const char *kernel_pinned_release(void);

/**
 * kernel_fetch_version() - Bring the highest kernel of a version into the cache.
 * @vm: context
 * @prefix: the beginning of its version; "": any
 * @kernel: filled in
 *
 * Return: 0 or an exit status.
 */
int kernel_fetch_version(struct vmtest *vm, const char *prefix, struct kernel *kernel);

/* kernel_version.c */

/**
 * release_matches() - Whether a release belongs to a version.
 * @release: such as "6.12.95+deb12-cloud-amd64"
 * @prefix: such as "6.12"; 6.1 does not match 6.12
 *
 * Return: true if it does.
 */
bool release_matches(const char *release, const char *prefix);

/**
 * release_compare() - Order releases by version; -rc before its release.
 * @a: one
 * @b: the other
 *
 * Return: below, equal to or above 0.
 */
int release_compare(const char *a, const char *b);

/* kernel_image.c */

/**
 * kernel_unpack() - Get the uncompressed vmlinux out of a bzImage.
 * @vm: context
 * @from: a bzImage or vmlinux
 * @to: where the vmlinux goes
 *
 * Return: 0 or an exit status.
 */
int kernel_unpack(struct vmtest *vm, const char *from, const char *to);

/**
 * kernel_image_release() - Read the release out of a vmlinux.
 * @vmlinux: the file
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_image_release(const char *vmlinux);

/**
 * kernel_image_has_pvh() - Whether QEMU can boot a vmlinux directly.
 * @vmlinux: the file
 *
 * Return: true if it has a PVH entry.
 */
bool kernel_image_has_pvh(const char *vmlinux);

#endif
