/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_STEP_SUMMARY_H
#define RUNNER_EVENT_REPORTS_STEP_SUMMARY_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * step_summary__write() - write the summary of a step of GitHub Actions, in GitHub's Markdown
 *
 * A table has the numbers of each column, a second one the failures, both with HTML entities for
 * everything that would be markup. Long lists are cut, because GitHub takes no more than 1 MiB.
 *
 * Return: 0, or -EIO if @out had an error.
 */
int step_summary__write(const struct report *report, FILE *out);

#endif
