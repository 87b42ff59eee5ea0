/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cache folder: what was fetched once is kept.
 */
#ifndef VM_KERNEL_CACHE_H
#define VM_KERNEL_CACHE_H

struct vmtest;

/**
 * cache__open() - Find the cache folder and make it.
 * @vm: context; cache is set
 *
 * Return: 0 or an exit status.
 */
int cache__open(struct vmtest *vm);

/**
 * cache__lock() - Wait for a lock in the cache folder.
 * @vm: context
 * @name: name of the lock
 * @fd: the descriptor that holds the lock until it is closed
 *
 * Return: 0 or an exit status.
 */
int cache__lock(struct vmtest *vm, const char *name, int *fd);

/**
 * cache__fill() - Bring an entry into the cache unless it is there.
 * @vm: context
 * @entry: path of the entry's folder, relative to the cache folder
 * @fill: fills the folder it is given; returns 0 or an exit status
 * @data: passed to @fill
 *
 * Only one process fills at a time, into a temporary folder that is renamed when it is complete.
 *
 * Return: 0 or an exit status.
 */
int cache__fill(struct vmtest *vm, const char *entry,
		int (*fill)(struct vmtest *vm, const char *folder, void *data), void *data);

#endif
