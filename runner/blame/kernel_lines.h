/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of the kernel's log for a test that hangs. */
#ifndef RUNNER_BLAME_KERNEL_LINES_H
#define RUNNER_BLAME_KERNEL_LINES_H

#include "runner/blame/splats.h"

/** kernel_lines__log() - append the last lines that the kernel has logged since the test began */
void kernel_lines__log(struct unit *unit, struct splats *splats);

/**
 * kernel_lines__log_stuck_machine() - append what the kernel reports about blocked tasks and its
 *	CPUs
 */
void kernel_lines__log_stuck_machine(struct unit *unit, struct splats *splats);

#endif
