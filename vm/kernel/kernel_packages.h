/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels by the names of their packages, and those in the cache. */
#ifndef VM_KERNEL_KERNEL_PACKAGES_H
#define VM_KERNEL_KERNEL_PACKAGES_H

struct words;
struct vmtest;

enum choice { HIGHEST, LOWEST };

/**
 * kernel_packages__release() - the release of the kernel image in a package
 *
 * Return: a string that the caller frees; NULL if @name has no image of the right flavour.
 */
char *kernel_packages__release(const char *name);

/**
 * kernel_packages__choose_release() - the highest or lowest release of a version
 * @names: of packages
 * @prefix: the version; "": any
 * @above: only releases above this one; NULL: any
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__choose_release(const struct words *names, const char *prefix,
				      const char *above, enum choice choice);

/**
 * kernel_packages__of_release() - append the names of the packages that a release consists of
 * @names: of all packages
 * @packages: the one with the image is appended first
 */
void kernel_packages__of_release(const struct words *names, const char *release,
				 struct words *packages);

/**
 * kernel_packages__cached_release() - the highest cached release of a version; "": of any
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__cached_release(const struct vmtest *vm, const char *prefix);

#endif
