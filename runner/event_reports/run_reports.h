/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reports of a run that has just ended, made from its own event stream: the same way as those
 * of `test_progs report`.
 */
#ifndef RUNNER_EVENT_REPORTS_RUN_REPORTS_H
#define RUNNER_EVENT_REPORTS_RUN_REPORTS_H

#include "runner/event_reports/report_files.h"

struct run_reports {
	struct report_files files;
	FILE *events; /* to read the event stream; NULL: no reports are wanted */
};

/**
 * run_reports__begin() - open the files of the reports that are wanted
 * @paths: must live as long as @reports
 * @stream_fd: descriptor of the run's event stream. If there is none (-1), this becomes a file in
 *	memory, owned by the caller.
 *
 * Return: 0, or a negative errno after a message on stderr. run_reports__free() must follow.
 */
int run_reports__begin(struct run_reports *reports, const struct report_paths *paths,
		       int *stream_fd);

/**
 * run_reports__write() - read the events of the run, which are complete, and write all reports
 * @path: what the reports call the event stream
 * @results: path of the results folder, or NULL
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int run_reports__write(struct run_reports *reports, const char *path, const char *results);

/** run_reports__free() - close all files; also allowed if nothing was ever opened */
void run_reports__free(struct run_reports *reports);

#endif
