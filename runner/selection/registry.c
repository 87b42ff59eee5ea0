// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers questions about tests before they run. For each kind of declaration beside a test, such
 * as TEST_ISOLATION, the linker collects a section.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runner/selection/default_isolation.h"
#include "runner/selection/registry.h"
#include "test_progs.h"

extern const struct test_isolation __start_test_isolation[] __attribute__((weak));
extern const struct test_isolation __stop_test_isolation[] __attribute__((weak));

int registry__check(char *error, unsigned long size_bytes)
{
	int i;

	for (i = 0; i < test_entries_cnt; i++) {
		const struct test_entry *test = &test_entries[i];

		if (test->run && test->run_serial) {
			snprintf(
				error, size_bytes,
				"the test %s is defined twice, as test_%s and as serial_test_%s: remove one",
				test->name, test->name, test->name);
			return -EINVAL;
		}
	}
	return 0;
}

const struct test_entry *registry__find(const char *name)
{
	int i;

	for (i = 0; i < test_entries_cnt; i++) {
		if (!strcmp(test_entries[i].name, name))
			return &test_entries[i];
	}
	return NULL;
}

bool registry__is_built(const struct test_entry *test)
{
	return test->run || test->run_serial;
}

bool registry__is_serial(const struct test_entry *test)
{
	return test->run_serial;
}

unsigned int registry__isolation(const struct test_entry *test)
{
	const struct test_isolation *declared;

	for (declared = __start_test_isolation; declared < __stop_test_isolation; declared++) {
		if (!strcmp(declared->test, test->name))
			return declared->parts;
	}
	return test_default_isolation;
}
