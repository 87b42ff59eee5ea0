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

#endif
