/* SPDX-License-Identifier: GPL-2.0-only */
/* One module file. */
#ifndef VM_KERNEL_MODULE_FILE_H
#define VM_KERNEL_MODULE_FILE_H

struct words;
struct vmtest;

/**
 * module_file__name() - the name of a module
 * @path: its file, such as "kernel/net/sched/cls-bpf.ko.xz"
 *
 * Return: "cls_bpf", freed by the caller; NULL if the file is no module.
 */
char *module_file__name(const char *path);

/**
 * module_file__depends() - append the names of the modules that a module needs; 0 or an exit status
 */
int module_file__depends(struct vmtest *vm, const char *path, struct words *names);

#endif
