/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests that are linked into the program. scripts/list-tests.sh generates the list from the
 * test files, in bytewise order of the names. The number of a test is its position in the list,
 * counted from 1.
 */
#ifndef RUNNER_SELECTION_REGISTRY_H
#define RUNNER_SELECTION_REGISTRY_H

#include <stdbool.h>

struct test_entry {
	const char *name;
	void (*run)(void);        /* test_NAME(), or NULL */
	void (*run_serial)(void); /* serial_test_NAME(), or NULL */
};

extern const struct test_entry test_entries[];
extern const int test_entries_cnt;

/**
 * registry__check() - check that no test is defined twice
 * @error: receives a message, without newline
 * @size_bytes: of @error
 *
 * Return: 0, or -EINVAL if a test is defined both as test_NAME and serial_test_NAME.
 */
int registry__check(char *error, unsigned long size_bytes);

/** registry__find() - the test with that name, or NULL */
const struct test_entry *registry__find(const char *name);

/** registry__is_built() - whether the function of a test was linked into the program */
bool registry__is_built(const struct test_entry *test);

/** registry__is_serial() - whether the test must run alone */
bool registry__is_serial(const struct test_entry *test);

/** registry__isolation() - the parts of isolation (ISOLATE_*) that the test requires */
unsigned int registry__isolation(const struct test_entry *test);

#endif
