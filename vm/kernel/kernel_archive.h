/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel in a package that is given as a file: .deb or .rpm. */
#ifndef VM_KERNEL_KERNEL_ARCHIVE_H
#define VM_KERNEL_KERNEL_ARCHIVE_H

#include <stdbool.h>

struct kernel;
struct vmtest;

/** kernel_archive__is() - whether a file is a package, by its first bytes */
bool kernel_archive__is(const char *path);

/**
 * kernel_archive__open() - get the files of the kernel in a package
 * @path: absolute path of the package
 * @kernel: filled in; free it with kernel__free(), also after an error
 *
 * The package is unpacked into the cache, and used from there as long as it does not change.
 *
 * Return: 0 or an exit status.
 */
int kernel_archive__open(struct vmtest *vm, const char *path, struct kernel *kernel);

#endif
