/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's modules: a folder that becomes /lib/modules/<release>, with modules.dep. */
#ifndef VM_KERNEL_KERNEL_MODULES_H
#define VM_KERNEL_KERNEL_MODULES_H

#include <stdbool.h>

struct vmtest;

/**
 * kernel_modules__index() - make modules.dep, which packages and build trees lack, unless it exists
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__index(struct vmtest *vm, const char *folder);

/**
 * kernel_modules__from_tree() - collect the modules of a build tree
 * @folder: the folder that gets the modules; must not exist
 * @found: set to whether the tree has modules
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__from_tree(struct vmtest *vm, const char *tree, const char *folder, bool *found);

#endif
