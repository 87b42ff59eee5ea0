/* SPDX-License-Identifier: GPL-2.0-only */
/* Chooses the files of the suite's tree that the guest gets. */
#ifndef VM_DISK_TREE_WALK_H
#define VM_DISK_TREE_WALK_H

struct vmtest;
struct staging;

/** tree_walk__add() - bring the tree (--tree) into the guest; 0 or an exit status */
int tree_walk__add(struct vmtest *vm, struct staging *staging);

#endif
