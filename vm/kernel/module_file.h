/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_MODULE_FILE_H
#define VM_KERNEL_MODULE_FILE_H

struct words;
struct vmtest;

/**
 * module_file__name() - The name of a module.
 * @path: its file, such as "kernel/net/sched/cls-bpf.ko.xz"
 *
 * Return: "cls_bpf", freed by the caller, or NULL: not a module.
 */
char *module_file__name(const char *path);

/**
 * module_file__depends() - Read which modules a module needs.
 * @vm: context
 * @path: its file, compressed or not
 * @names: their names are appended
 *
 * Return: 0 or an exit status.
 */
int module_file__depends(struct vmtest *vm, const char *path, struct words *names);

#endif
