/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's modules: a folder that becomes /lib/modules/<release>, with modules.dep. */
#ifndef VM_KERNEL_KERNEL_MODULES_H
#define VM_KERNEL_KERNEL_MODULES_H

#include <stdbool.h>

struct vmtest;

/**
 * kernel_modules__index() - make modules.dep unless it is there; packages and build trees lack it
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__index(struct vmtest *vm, const char *folder);

/**
 * kernel_modules__from_tree() - collect the modules of a build tree
 * @folder: where they go; must not exist
 * @found: whether there are any
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__from_tree(struct vmtest *vm, const char *tree, const char *folder, bool *found);

#endif
