/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of the reports that are made from events: --junit, --ktap, --html, --trace,
 * --coverage, --conformance, --github.
 */
#ifndef RUNNER_EVENT_REPORTS_REPORT_FILES_H
#define RUNNER_EVENT_REPORTS_REPORT_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/command_line/options.h"
#include "runner/event_reports/report.h"

#define REPORT_FILES_MAX 7

struct report_files {
	const struct report_paths *paths;
	FILE *files[REPORT_FILES_MAX]; /* NULL: that report is not wanted */
};

/** report_files__are_wanted() - whether any report is wanted */
bool report_files__are_wanted(const struct report_paths *paths);

/**
 * report_files__open() - open all files that are wanted, and empty them
 * @paths: must live as long as @files
 *
 * Return: 0, or a negative errno after a message on stderr. report_files__close() must follow.
 */
int report_files__open(struct report_files *files, const struct report_paths *paths);

/** report_files__write() - write all reports; 0, or a negative errno after messages on stderr */
int report_files__write(struct report_files *files, const struct report *report);

/** report_files__close() - close what is still open; also allowed if nothing was ever opened */
void report_files__close(struct report_files *files);

#endif
