/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What surrounds a test of a kernel tree. The generated list of tests calls it, and the assertions
 * in tree/include/test_progs.h.
 */
#ifndef TREE_ADAPTER_H
#define TREE_ADAPTER_H

/** adapter__enter() - make the test process what the tree's runner makes of it */
void adapter__enter(void);

/** adapter__leave() - undo what the tree's helpers have changed in the process */
void adapter__leave(void);

/**
 * adapter__fail() - report an assertion that failed
 * @file: the path of a source file, of which the folder prog_tests and what follows is shown
 * @name: what was asserted
 * @fmt: the values, with or without a newline at the end
 */
void adapter__fail(const char *file, int line, const char *func, const char *name, const char *fmt,
		   ...) __attribute__((format(printf, 5, 6)));

#endif
