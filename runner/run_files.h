/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of a run: its results folder, the event stream and the journal, the kernel's log, the
 * JSON report.
 */
#ifndef RUNNER_RUN_FILES_H
#define RUNNER_RUN_FILES_H

#include "runner/result/totals.h"

struct run;

/**
 * run_files__open() - look at what the run runs on, and open the files that are written while it
 *	runs
 *
 * Return: 0, or a negative errno after having said why on stderr.
 */
int run_files__open(struct run *run);

/**
 * run_files__write_report() - write the JSON report of -J, if it is wanted; 0 or a negative errno
 */
int run_files__write_report(struct run *run, const struct run_totals *totals);

/**
 * run_files__close() - write the files that are written at the end, and close all
 *
 * Return: @exit_status; RUN_EXIT_INFRASTRUCTURE in place of a lower one if something could not
 * be kept, after having said so on stderr.
 */
int run_files__close(struct run *run, const struct run_totals *totals, int exit_status);

/**
 * run_files__free() - let go of what is still open, also after a run that did not come to its end
 */
void run_files__free(struct run *run);

#endif
