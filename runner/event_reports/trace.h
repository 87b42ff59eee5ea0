/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_TRACE_H
#define RUNNER_EVENT_REPORTS_TRACE_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * trace__write() - write what ran when, in the JSON format of Chrome's trace viewer
 *
 * ui.perfetto.dev and chrome://tracing read it. A machine of a run is a process, and each of its
 * workers a thread. Tests are slices with their subtests inside. A boot of a kernel, from its start
 * to the begin of the run, and the wait of a test for a lock are slices too, if the events say when.
 * The times of different machines are as far apart as their clocks.
 *
 * Return: 0; -EIO if @out had an error, -ENOMEM.
 */
int trace__write(const struct report *report, FILE *out);

#endif
