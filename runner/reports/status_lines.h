/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The output on the terminal: status lines, logs, the summary. The lines have the format of the
 * kernel's runner, which docs/compatibility.md describes.
 */
#ifndef RUNNER_REPORTS_STATUS_LINES_H
#define RUNNER_REPORTS_STATUS_LINES_H

#include "runner/command_line/options.h"
#include "runner/result/event.h"
#include "runner/result/totals.h"

/** status_lines__listen() - a listener of the event sink; @context is a const struct run_options */
void status_lines__listen(void *context, const struct event *event);

/** status_lines__shows_log() - whether the log of a test or subtest that has ended is printed */
bool status_lines__shows_log(const struct run_options *options, const struct outcome *outcome);

/** status_lines__print_failures() - print all failed tests again at the end, with their logs */
void status_lines__print_failures(const struct run_options *options, const struct tests *tests);

/** status_lines__print_tolerated() - print what tests have left behind as declared, if anything */
void status_lines__print_tolerated(const struct tests *tests);

/** status_lines__print_not_run() - print the tests that have no result, if there are any */
void status_lines__print_not_run(const struct tests *tests, const char *reason);

/** status_lines__print_summary() - print the summary line */
void status_lines__print_summary(const struct run_totals *totals);

#endif
