/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_HOST_MEMORY_H
#define VM_HOST_MEMORY_H

/**
 * memory__check() - end the program if an allocation failed, because no caller can continue without
 *	it
 *
 * Return: @memory, which is never NULL.
 */
void *memory__check(void *memory);

#endif
