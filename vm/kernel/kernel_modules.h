/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's modules: a folder as it goes to /lib/modules/<release>, with modules.dep.
 */
#ifndef VM_KERNEL_KERNEL_MODULES_H
#define VM_KERNEL_KERNEL_MODULES_H

#include <stdbool.h>

struct vmtest;

/**
 * kernel_modules__index() - Make modules.dep, which packages and build trees lack, unless it is
 * there.
 * @vm: context
 * @folder: the modules; modules.dep appears by a rename
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__index(struct vmtest *vm, const char *folder);

/**
 * kernel_modules__from_tree() - Collect the modules of a build tree.
 * @vm: context
 * @tree: the build tree
 * @folder: where they go; must not exist
 * @found: whether there are any
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__from_tree(struct vmtest *vm, const char *tree, const char *folder, bool *found);

#endif
