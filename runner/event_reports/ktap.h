/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_KTAP_H
#define RUNNER_EVENT_REPORTS_KTAP_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * ktap__write() - write a report as KTAP, version 1 (Documentation/dev-tools/ktap.rst)
 *
 * A plan comes before the results, subtests are nested below their test, and the tests of several
 * columns below the label of each column. Logs and messages of failures are diagnostic lines in
 * front of the result that they belong to. No two results of a level have the same name.
 *
 * Return: 0, or -EIO if @out had an error.
 */
int ktap__write(const struct report *report, FILE *out);

#endif
