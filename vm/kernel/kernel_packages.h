/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels by the names of their packages, and those that are cached.
 */
#ifndef VM_KERNEL_KERNEL_PACKAGES_H
#define VM_KERNEL_KERNEL_PACKAGES_H

struct words;
struct vmtest;

enum choice { HIGHEST, LOWEST };

/**
 * kernel_packages__release() - The release that a package has the image of.
 * @name: name of a package
 *
 * Return: a string that the caller frees, or NULL: not an image of the right flavour.
 */
char *kernel_packages__release(const char *name);

/**
 * kernel_packages__choose_release() - The highest or lowest release of a version.
 * @names: names of packages
 * @prefix: the beginning of the version; "": any
 * @above: only releases above this one; NULL: any
 * @choice: which
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__choose_release(const struct words *names, const char *prefix,
				      const char *above, enum choice choice);

/**
 * kernel_packages__of_release() - The packages that a release is made of.
 * @names: names of all packages
 * @release: the release
 * @packages: their names are appended, that of the image first
 */
void kernel_packages__of_release(const struct words *names, const char *release,
				 struct words *packages);

/**
 * kernel_packages__cached_release() - The highest cached release of a version.
 * @vm: context
 * @prefix: the beginning of the version; "": any
 *
 * Return: a string that the caller frees, or NULL.
 */
char *kernel_packages__cached_release(const struct vmtest *vm, const char *prefix);

#endif
