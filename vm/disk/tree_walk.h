/* SPDX-License-Identifier: GPL-2.0-only */
/* Chooses the files of the suite's tree that the guest gets. */
#ifndef VM_DISK_TREE_WALK_H
#define VM_DISK_TREE_WALK_H

struct vmtest;
struct staging;

/**
 * tree_walk__add() - bring the tree (--tree) into the guest
 * @to: absolute path in the guest; "" for the root of a disk
 *
 * Return: 0 or an exit status.
 */
int tree_walk__add(struct vmtest *vm, struct staging *staging, const char *to);

#endif
