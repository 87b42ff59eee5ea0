/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_RUN_FILES_H
#define RUNNER_RUN_FILES_H

#include "runner/reports/status_lines.h"

/**
 * run_files__open() - look at what the run runs on, and open what is to be written while it runs
 *
 * Return: 0, or a negative errno after having said why on stderr.
 */
int run_files__open(struct runner *runner);

/**
 * run_files__close() - write what is written at the end, and close everything
 *
 * Return: @exit_status; RUN_EXIT_INFRASTRUCTURE in place of a lower one if something could not
 * be kept, after having said so on stderr.
 */
int run_files__close(struct runner *runner, const struct run_totals *totals, int exit_status);

/** run_files__free() - let go of what is still open, also after a run that did not come to its end */
void run_files__free(struct runner *runner);

#endif
