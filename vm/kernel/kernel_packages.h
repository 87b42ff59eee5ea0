/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds kernels by the names of their packages, and the kernels in the cache. */
#ifndef VM_KERNEL_KERNEL_PACKAGES_H
#define VM_KERNEL_KERNEL_PACKAGES_H

struct words;
struct vmtest;

enum choice { HIGHEST, LOWEST };

/**
 * kernel_packages__release() - get the release of the kernel image in a package
 *
 * Return: a string that the caller frees; NULL if @name has no image of the right flavour.
 */
char *kernel_packages__release(const char *name);

/**
 * kernel_packages__choose_release() - choose the highest or lowest release of a version
 * @names: names of packages
 * @prefix: the version; "": any version
 * @above: only releases above this release; NULL: any release
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__choose_release(const struct words *names, const char *prefix,
				      const char *above, enum choice choice);

/**
 * kernel_packages__of_release() - append the names of the packages that a release consists of
 * @names: names of all packages
 * @packages: the names are appended; the package with the image comes first
 */
void kernel_packages__of_release(const struct words *names, const char *release,
				 struct words *packages);

/**
 * kernel_packages__cached_release() - find the highest cached release of a version
 * @prefix: the version; "": any version
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__cached_release(const struct vmtest *vm, const char *prefix);

#endif
