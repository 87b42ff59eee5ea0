/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions around a test of a kernel tree. The generated list of tests calls them, and so do the
 * assertions in tree/include/test_progs.h.
 */
#ifndef TREE_ADAPTER_H
#define TREE_ADAPTER_H

/* A fact in tests.txt about the tests whose names match @tests; `*` stands for any text. */
struct adapter_fact {
	const char *tests, *text;
};

/* Made by list-tests.sh; each ends with a member without @tests. */
extern const struct adapter_fact adapter_skips[]; /* why the tests skip, if they do */
extern const struct adapter_fact adapter_env[];   /* NAME=VALUE for the tests, unless it is set */

/**
 * adapter__enter() - make the test process what the tree's runner makes of it
 * @test: the name of the test
 * @module: a module that it needs, in MODULE.ko beside the program, or NULL. The runner has loaded it
 *	at its start, but other programs of the tree unload it.
 */
void adapter__enter(const char *test, const char *module);

/**
 * adapter__load_first() - load and unload a BPF object, for tests that rely on an earlier test for that:
 *	libbpf then knows what the kernel can do
 * @file: in the folder of the program
 */
void adapter__load_first(const char *file);

/** adapter__leave() - undo what the tree's helpers have changed in the process */
void adapter__leave(void);

/** adapter__skip() - skip the test or the open subtest, with the reason from tests.txt if it has one */
void adapter__skip(void);

/**
 * adapter__fail() - report an assertion that failed
 * @file: the path of a source file, of which prog_tests/NAME or NAME is shown
 * @name: what was asserted
 * @fmt: the values, with or without a newline at the end
 */
void adapter__fail(const char *file, int line, const char *func, const char *name, const char *fmt,
		   ...) __attribute__((format(printf, 5, 6)));

/**
 * adapter__run_program() - run another program of the tree as the test
 * @path: relative to the folder of test_progs
 *
 * Its results in KTAP ("ok 1 NAME", "not ok 2 NAME # SKIP REASON") become subtests. Its exit status is
 * the test's result: 0 is a pass, 4 is a skip as in all kernel selftests, others are failures.
 */
void adapter__run_program(const char *path);

#endif
