/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's modules: a folder that becomes /lib/modules/<release>, with modules.dep. */
#ifndef VM_KERNEL_KERNEL_MODULES_H
#define VM_KERNEL_KERNEL_MODULES_H

#include <stdbool.h>

struct vmtest;
struct words;

/**
 * kernel_modules__index() - make modules.dep, which packages lack, unless it exists
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__index(struct vmtest *vm, const char *folder);

/** kernel_modules__are_in() - whether a build tree has modules */
bool kernel_modules__are_in(const char *tree);

/**
 * kernel_modules__of_tree() - list the modules of a build tree, and its lists of modules
 * @tree: absolute path of a build tree with modules
 * @from: the absolute paths of the files are appended
 * @to: the path below /lib/modules/<release> of each file in @from
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__of_tree(const char *tree, struct words *from, struct words *to);

/**
 * kernel_modules__index_tree() - index the modules of a build tree
 * @tree: absolute path of a build tree with modules
 * @folder: made anew; it gets links to the files of kernel_modules__of_tree(), and the index
 *
 * Return: 0 or an exit status.
 */
int kernel_modules__index_tree(struct vmtest *vm, const char *tree, const char *folder);

#endif
