/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_DISK_TREE_WALK_H
#define VM_DISK_TREE_WALK_H

struct vmtest;
struct staging;

/**
 * tree_walk__add() - Bring the suite's tree into the guest, without what no test reads.
 * @vm: context
 * @staging: the staging folder
 *
 * Return: 0 or an exit status.
 */
int tree_walk__add(struct vmtest *vm, struct staging *staging);

#endif
