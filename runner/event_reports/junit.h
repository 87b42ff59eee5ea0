/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_JUNIT_H
#define RUNNER_EVENT_REPORTS_JUNIT_H

#include <stdio.h>

#include "runner/event_reports/report.h"

/**
 * junit__write() - write a report as JUnit XML
 *
 * It has the elements and attributes that Jenkins and most other readers take: a testsuite a column,
 * a testcase a subtest, or a test without subtests. The class name is the label of the column, a
 * dot, and the name of the test, because readers show everything before the last dot as a package.
 * A failed assertion is a `failure`, every other failure (crash, timeout, panic) an `error`.
 *
 * Return: 0; -EIO if @out had an error, -ENOMEM.
 */
int junit__write(const struct report *report, FILE *out);

#endif
