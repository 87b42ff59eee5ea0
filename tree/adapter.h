/* SPDX-License-Identifier: GPL-2.0-only */
/* What surrounds a test of a kernel tree: the generated list of tests calls it. */
#ifndef TREE_ADAPTER_H
#define TREE_ADAPTER_H

/** adapter__enter() - make the test process what the tree's runner makes of it */
void adapter__enter(void);

/** adapter__leave() - undo what the tree's helpers have changed in the process */
void adapter__leave(void);

#endif
