/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens, writes and closes the files of a run: its results folder, the event stream and the
 * journal, the kernel's log, the JSON report.
 */
#ifndef RUNNER_RUN_FILES_H
#define RUNNER_RUN_FILES_H

#include "runner/result/totals.h"

struct run;

/**
 * run_files__open() - collect the facts about kernel and machine, and open the files that are
 *	written during the run
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int run_files__open(struct run *run);

/**
 * run_files__write_report() - write the JSON report of -J, if it was asked for; 0 or a negative
 *	errno
 */
int run_files__write_report(struct run *run, const struct run_totals *totals);

/**
 * run_files__close() - write the files that are due at the end of a run, and close all files
 *
 * Return: @exit_status. If a file could not be written, a message says so on stderr, and
 * RUN_EXIT_INFRASTRUCTURE takes the place of an exit status up to RUN_EXIT_FAILED.
 */
int run_files__close(struct run *run, const struct run_totals *totals, int exit_status);

/** run_files__free() - close all files that are still open, also after a run that was cut short */
void run_files__free(struct run *run);

#endif
