/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels by the names of their packages, and those that are cached.
 */
#ifndef VM_KERNEL_KERNEL_PACKAGES_H
#define VM_KERNEL_KERNEL_PACKAGES_H

#include "vm/host/vmtest.h"

enum choice { HIGHEST, LOWEST };

/**
 * packages_release() - The release that a package has the image of.
 * @name: name of a package
 *
 * Return: a string that the caller frees, or NULL: not an image of the right flavour.
 */
char *packages_release(const char *name);

/**
 * packages_choose_release() - The highest or lowest release of a version.
 * @names: names of packages
 * @prefix: the beginning of the version; "": any
 * @above: only releases above this one; NULL: any
 * @choice: which
 *
 * Return: a string that the caller frees, or NULL.
 */
char *packages_choose_release(const struct words *names, const char *prefix, const char *above,
			      enum choice choice);

/**
 * packages_of_release() - The packages that a release is made of.
 * @names: names of all packages
 * @release: the release
 * @packages: their names are appended, that of the image first
 */
void packages_of_release(const struct words *names, const char *release, struct words *packages);

/**
 * packages_cached_release() - The highest cached release of a version.
 * @vm: context
 * @prefix: the beginning of the version; "": any
 *
 * Return: a string that the caller frees, or NULL.
 */
char *packages_cached_release(const struct vmtest *vm, const char *prefix);

/* kernel_list.c */

/**
 * kernel_list_print() - Print a table of what the mirror offers and what is cached.
 * @vm: context
 *
 * Return: 0 or an exit status.
 */
int kernel_list_print(struct vmtest *vm);

/**
 * kernel_list_expand() - Put all versions of that table in the place of the word "all".
 * @vm: context
 * @kernels: the words of -k
 *
 * Return: 0 or an exit status.
 */
int kernel_list_expand(struct vmtest *vm, struct words *kernels);

#endif
