/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_TEXT_SUMMARY_H
#define RUNNER_EVENT_REPORTS_TEXT_SUMMARY_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * text_summary__print() - print the numbers of each column, and a line and a command a failure
 *
 * Return: 0, or -EIO if @out had an error.
 */
int text_summary__print(const struct report *report, FILE *out);

#endif
