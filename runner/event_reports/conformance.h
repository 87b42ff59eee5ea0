/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_CONFORMANCE_H
#define RUNNER_EVENT_REPORTS_CONFORMANCE_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * conformance__write() - write what of BPF works on each kernel, as a table for a terminal
 *
 * Return: 0; -ENODATA after a message if no run has noted features; -EIO if @out had an error.
 */
int conformance__write(const struct report *report, FILE *out);

/** conformance__write_markdown() - the same as Markdown, kernels side by side */
int conformance__write_markdown(const struct report *report, FILE *out);

/** conformance__write_json() - the same as JSON */
int conformance__write_json(const struct report *report, FILE *out);

#endif
