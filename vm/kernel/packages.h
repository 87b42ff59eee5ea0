/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Debian packages fetched into the cache for the build: bpftool, libbpf's source and the like.
 */
#ifndef VM_KERNEL_PACKAGES_H
#define VM_KERNEL_PACKAGES_H

#include <stdbool.h>

struct vmtest;

/**
 * packages__fetch() - Fetch a package once and print the folder it is unpacked in.
 * @vm: context
 * @name: name of the package
 * @suite: suite it comes from
 * @source: the source package, not the binary one
 *
 * Return: 0 or an exit status.
 */
int packages__fetch(struct vmtest *vm, const char *name, const char *suite, bool source);

#endif
