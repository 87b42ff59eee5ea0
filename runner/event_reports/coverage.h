/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_COVERAGE_H
#define RUNNER_EVENT_REPORTS_COVERAGE_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * coverage__write() - write which features of BPF the tests have used, row by row, as Markdown
 *
 * Of several kernels, a feature counts with the first one where it was used.
 *
 * Return: 0; -ENODATA after a message if no run has noted features; -EIO if @out had an error.
 */
int coverage__write(const struct report *report, FILE *out);

/** coverage__write_list() - the same as a list for exercised.tsv; returns as coverage__write() */
int coverage__write_list(const struct report *report, FILE *out);

#endif
