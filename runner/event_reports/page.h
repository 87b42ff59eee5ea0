/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_PAGE_H
#define RUNNER_EVENT_REPORTS_PAGE_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * page__write() - write a report as one HTML page, which needs no other file and no network
 *
 * The page is page.html, with the results as JSON in a script element. Return: 0; -EIO if @out had
 * an error, -ENOMEM.
 */
int page__write(const struct report *report, FILE *out);

#endif
