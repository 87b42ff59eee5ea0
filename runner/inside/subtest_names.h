/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the subtests that this test process has begun. */
#ifndef RUNNER_INSIDE_SUBTEST_NAMES_H
#define RUNNER_INSIDE_SUBTEST_NAMES_H

/**
 * subtest_names__count() - note that a subtest of this name begins
 * @name: the name that reports show; copied
 *
 * Return: how many subtests of this name there have been, with this one; 1 when out of memory.
 */
int subtest_names__count(const char *name);

#endif
