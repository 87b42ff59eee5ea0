/* SPDX-License-Identifier: GPL-2.0-only */
/* Fetches Debian packages that the build needs: bpftool, the source of libbpf. */
#ifndef VM_KERNEL_PACKAGES_H
#define VM_KERNEL_PACKAGES_H

#include <stdbool.h>

struct vmtest;

/**
 * packages__fetch() - fetch a package, unless it is cached, and print its unpacked folder
 * @source: whether to fetch the source package instead of the binary package
 *
 * Return: 0 or an exit status.
 */
int packages__fetch(struct vmtest *vm, const char *name, const char *suite, bool source);

/**
 * packages__check_name() - print an error unless this may be the name of a package or suite
 *
 * Return: 0 or an exit status.
 */
int packages__check_name(const char *name);

/**
 * packages__unpack_all() - unpack all .deb files of a folder, and remove them
 * @folder: the folder that has the .deb files
 * @into: the folder that gets the files of all packages
 *
 * The packages' own scripts do not run.
 *
 * Return: 0 or an exit status.
 */
int packages__unpack_all(struct vmtest *vm, const char *folder, const char *into);

#endif
