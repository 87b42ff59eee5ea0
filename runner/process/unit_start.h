/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts a test in a process of its own. */
#ifndef RUNNER_PROCESS_UNIT_START_H
#define RUNNER_PROCESS_UNIT_START_H

#include "runner/process/unit.h"

/**
 * unit__start() - start a test in a free unit
 *
 * A test that cannot be started has its result at once, and the unit stays free.
 *
 * Return: 0, or -EAGAIN if descriptors, processes or memory ran out while other tests are running.
 * The test then has no result yet, and has to be started again when one of the others has ended.
 */
int unit__start(struct unit *unit, struct units *units, struct test_outcome *test,
		uint64_t kernel_lines);

#endif
