/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_KERNEL_LIST_H
#define VM_KERNEL_KERNEL_LIST_H

struct words;
struct vmtest;

/**
 * kernel_list__print() - Print a table of what the mirror offers and what is cached.
 * @vm: context
 *
 * Return: 0 or an exit status.
 */
int kernel_list__print(struct vmtest *vm);

/**
 * kernel_list__expand() - Put all versions of that table in the place of the word "all".
 * @vm: context
 * @kernels: the words of -k
 *
 * Return: 0 or an exit status.
 */
int kernel_list__expand(struct vmtest *vm, struct words *kernels);

#endif
