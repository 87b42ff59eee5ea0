/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads event streams (reports/event_stream.c writes them, docs/results.md has their schema). It is
 * the only reader for reports; resume/journal_events.c reads the same events to go on with a run.
 */
#ifndef RUNNER_EVENT_REPORTS_READER_H
#define RUNNER_EVENT_REPORTS_READER_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * reader__read_path() - add the runs of a file, or of a folder, to a report
 * @path: a file with events; or a results folder of test_progs, or of vmtest, which may have one
 *	for each kernel and program
 *
 * A run that was added before, from a copy of the same events, is left out with a message.
 *
 * Return: 0, or a negative errno after a message on stderr which names the file.
 */
int reader__read_path(struct report *report, const char *path);

/**
 * reader__read_stream() - add the run of an open file to a report
 * @path: what messages call the file
 * @logs_dir: the folder with the logs of the run's tests, or NULL
 *
 * Return: as reader__read_path().
 */
int reader__read_stream(struct report *report, FILE *events, const char *path,
			const char *logs_dir);

#endif
