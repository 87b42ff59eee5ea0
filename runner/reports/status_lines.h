/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The output on the terminal: status lines and logs. The lines have the format of the
 * kernel's runner, which docs/compatibility.md describes.
 */
#ifndef RUNNER_REPORTS_STATUS_LINES_H
#define RUNNER_REPORTS_STATUS_LINES_H

#include "runner/command_line/options.h"
#include "runner/reports/screen.h"
#include "runner/result/event.h"

/* What was printed of a test. */
struct shown_test {
	int subtests;      /* number of subtests that were printed while it runs */
	bool is_held;      /* it has a result, which is printed after its rerun */
	bool is_rerunning; /* nothing is printed before the rerun has decided */
};

/**
 * struct status_lines - the listener's state
 * @options, @screen, @tests: those of the run
 * @shown: of each test
 */
struct status_lines {
	const struct run_options *options;
	struct screen *screen;
	const struct tests *tests;
	struct shown_test *shown;
};

/** status_lines__begin() - begin with nothing shown; returns 0 or -ENOMEM */
int status_lines__begin(struct status_lines *lines);

/** status_lines__listen() - a listener of the event sink; @context is a struct status_lines */
void status_lines__listen(void *context, const struct event *event);

/** status_lines__hold() - print the result of a suspect, which it has from before, after its rerun */
void status_lines__hold(struct status_lines *lines, const struct test_outcome *test);

/** status_lines__release() - after all reruns: print what is held back of tests that were not rerun */
void status_lines__release(struct status_lines *lines);

/** status_lines__end() - free everything */
void status_lines__end(struct status_lines *lines);

/** status_lines__are_live() - true if output is shown as it comes: -v or --gdb, one test at a time */
bool status_lines__are_live(const struct run_options *options);

/** status_lines__shows_log() - whether the log of a test or subtest that has ended is printed */
bool status_lines__shows_log(const struct run_options *options, const struct outcome *outcome);

#endif
