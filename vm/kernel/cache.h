/* SPDX-License-Identifier: GPL-2.0-only */
/* The cache folder: fetched kernels and packages, kept from run to run. */
#ifndef VM_KERNEL_CACHE_H
#define VM_KERNEL_CACHE_H

struct vmtest;

/** cache__open() - make the cache folder and set vm->cache; 0 or an exit status */
int cache__open(struct vmtest *vm);

/**
 * cache__lock() - wait for a lock in the cache folder
 * @fd: set to the descriptor that holds the lock until it is closed
 *
 * Return: 0 or an exit status.
 */
int cache__lock(struct vmtest *vm, const char *name, int *fd);

/**
 * cache__fill() - add an entry to the cache, unless it is there already
 * @entry: the entry's folder, relative to the cache folder
 * @fill: fills the folder that it is given; returns 0 or an exit status
 * @data: passed to @fill
 *
 * One process fills at a time, into a temporary folder that is renamed when it is complete.
 *
 * Return: 0 or an exit status.
 */
int cache__fill(struct vmtest *vm, const char *entry,
		int (*fill)(struct vmtest *vm, const char *folder, void *data), void *data);

#endif
