/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's modules: a folder as it goes to /lib/modules/<release>, with modules.dep.
 */
#ifndef VM_KERNEL_KERNEL_MODULES_H
#define VM_KERNEL_KERNEL_MODULES_H

#include "vm/host/vmtest.h"

/**
 * kernel_modules_index() - Make modules.dep, which packages and build trees lack, unless it is
 * there.
 * @vm: context
 * @folder: the modules; modules.dep appears by a rename
 *
 * Return: 0 or an exit status.
 */
int kernel_modules_index(struct vmtest *vm, const char *folder);

/**
 * kernel_modules_from_tree() - Collect the modules of a build tree.
 * @vm: context
 * @tree: the build tree
 * @folder: where they go; must not exist
 * @found: whether there are any
 *
 * Return: 0 or an exit status.
 */
int kernel_modules_from_tree(struct vmtest *vm, const char *tree, const char *folder, bool *found);

/* module_file.c */

/**
 * module_name() - The name of a module.
 * @path: its file, such as "kernel/net/sched/cls-bpf.ko.xz"
 *
 * Return: "cls_bpf", freed by the caller, or NULL: not a module.
 */
char *module_name(const char *path);

/**
 * module_depends() - Read which modules a module needs.
 * @vm: context
 * @path: its file, compressed or not
 * @names: their names are appended
 *
 * Return: 0 or an exit status.
 */
int module_depends(struct vmtest *vm, const char *path, struct words *names);

#endif
