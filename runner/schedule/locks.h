/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The declarations of TEST_LOCKS and TEST_COSTS: which tests may run together, and how many places
 * each takes.
 */
#ifndef RUNNER_SCHEDULE_LOCKS_H
#define RUNNER_SCHEDULE_LOCKS_H

#include <stddef.h>
#include <stdio.h>

#include "test_schedule.h"

/** locks__check_declarations() - check TEST_LOCKS and TEST_COSTS; 0, or -EINVAL with a message */
int locks__check_declarations(char *error, size_t size_bytes);

/** locks__is_valid_name() - whether test_schedule.h defines a lock of this name */
bool locks__is_valid_name(const char *name);

/** locks__of() - the locks that a test declares, or NULL */
const struct test_locks *locks__of(const char *test);

/** locks__conflict() - whether two tests must not run together; NULL conflicts with nothing */
bool locks__conflict(const struct test_locks *a, const struct test_locks *b);

/** costs__of() - the costs that a test declares, or NULL */
const struct test_costs *costs__of(const char *test);

/** locks__print() - print locks and costs of a test, one a line, for --list=long */
void locks__print(const char *test, FILE *out);

#endif
