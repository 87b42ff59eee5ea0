/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folders in which the programs of another Debian suite can run, by chroot: they have the packages
 * with all that these depend on.
 */
#ifndef VM_KERNEL_PACKAGE_ROOT_H
#define VM_KERNEL_PACKAGE_ROOT_H

struct vmtest;

/**
 * package_root__fetch() - fetch packages with their dependencies, unless they are cached, and print
 *	the folder into which they are unpacked
 * @names: names of packages, separated by spaces or commas
 * @suites: the suites that have the packages and their dependencies, separated by commas
 *
 * Return: 0 or an exit status.
 */
int package_root__fetch(struct vmtest *vm, const char *names, const char *suites);

#endif
