/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which tests use which feature on the pinned kernel: exercised.tsv, which `make coverage` writes, and
 * which is linked into the program.
 */
#ifndef RUNNER_COVERAGE_EXERCISED_H
#define RUNNER_COVERAGE_EXERCISED_H

/**
 * exercised__tests() - the tests that use a feature
 * @row: number of its row in features.tsv
 *
 * Return: names separated by commas, or "" if no test does.
 */
const char *exercised__tests(int row);

#endif
