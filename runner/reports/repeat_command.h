/* SPDX-License-Identifier: GPL-2.0-only */
/* The command that runs one test, or one subtest, again in the same way. */
#ifndef RUNNER_REPORTS_REPEAT_COMMAND_H
#define RUNNER_REPORTS_REPEAT_COMMAND_H

#include <stdint.h>

#include "runner/result/result.h"

/**
 * struct repeated_run - how the run was started
 * @vmtest: the words in front of test_progs, for a shell; NULL: it did not run in a guest
 * @program: path of test_progs
 * @jobs: the value of -j; 0: no -j
 * @seed: the seed of a shuffled run; NULL: the run was not shuffled
 */
struct repeated_run {
	const char *vmtest;
	const char *program;
	int jobs;
	const uint32_t *seed;
};

/**
 * repeat_command() - the command line for a shell
 * @test: the test
 * @subtest: one of its subtests, or NULL
 *
 * Return: the line, to be freed by the caller; NULL when out of memory.
 */
char *repeat_command(const struct repeated_run *run, const struct outcome *test,
		     const struct outcome *subtest);

#endif
