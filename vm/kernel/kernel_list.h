/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernels of the mirror and of the cache, which -k can name by version. */
#ifndef VM_KERNEL_KERNEL_LIST_H
#define VM_KERNEL_KERNEL_LIST_H

struct words;
struct vmtest;

/** kernel_list__print() - print a table of the kernels; 0 or an exit status */
int kernel_list__print(struct vmtest *vm);

/**
 * kernel_list__expand() - replace the word "all" in @kernels by all versions; 0 or an exit status
 */
int kernel_list__expand(struct vmtest *vm, struct words *kernels);

#endif
