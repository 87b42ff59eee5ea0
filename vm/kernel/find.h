/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the kernel that a word of -k names. */
#ifndef VM_KERNEL_FIND_H
#define VM_KERNEL_FIND_H

struct vmtest;
struct kernel;

/**
 * find__kernel() - find the kernel that a word names, and fetch it if necessary
 * @word: version, "latest", "host", file or build tree; NULL: the pinned kernel
 * @kernel: filled in; free it with kernel__free(), also after an error
 *
 * Return: 0 or an exit status.
 */
int find__kernel(struct vmtest *vm, const char *word, struct kernel *kernel);

#endif
