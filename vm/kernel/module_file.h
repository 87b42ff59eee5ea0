/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the name and the dependencies of a module from its file. */
#ifndef VM_KERNEL_MODULE_FILE_H
#define VM_KERNEL_MODULE_FILE_H

struct words;
struct vmtest;

/**
 * module_file__name() - get the name of a module
 * @path: file of the module, such as "kernel/net/sched/cls-bpf.ko.xz"
 *
 * Return: a name such as "cls_bpf", freed by the caller; NULL if the file is not a module.
 */
char *module_file__name(const char *path);

/**
 * module_file__depends() - append the names of the modules that a module needs; 0 or an exit status
 */
int module_file__depends(struct vmtest *vm, const char *path, struct words *names);

#endif
