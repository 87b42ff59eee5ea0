/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person reads at the end of a run: a line for each failure with the command that repeats it, the
 * reasons of skips, the slowest tests, where the results are, and last the summary line.
 */
#ifndef RUNNER_REPORTS_RUN_SUMMARY_H
#define RUNNER_REPORTS_RUN_SUMMARY_H

#include "runner/command_line/options.h"
#include "runner/reports/screen.h"
#include "runner/result/totals.h"

/**
 * struct run_summary - what the functions of this file need
 * @options, @screen, @tests: those of the run
 * @seed: the seed of a shuffled run
 * @duration_s: how long the tests took
 */
struct run_summary {
	const struct run_options *options;
	const struct screen *screen;
	const struct tests *tests;
	uint32_t seed;
	double duration_s;
};

/** run_summary__print_failures() - print a line for each failure, unless --no-error-summary is given */
void run_summary__print_failures(const struct run_summary *summary);

/** run_summary__print_skips() - print the reasons of skips with their numbers, if there are any */
void run_summary__print_skips(const struct run_summary *summary);

/** run_summary__print_slowest() - print the slowest tests of a run that took long */
void run_summary__print_slowest(const struct run_summary *summary);

/** run_summary__print_not_run() - print the tests that have no result, if there are any */
void run_summary__print_not_run(const struct run_summary *summary, const char *reason);

/** run_summary__print_tolerated() - print what tests have left behind as declared, if anything */
void run_summary__print_tolerated(const struct run_summary *summary);

/** run_summary__print_totals() - print where the results are, and the summary line */
void run_summary__print_totals(const struct run_summary *summary, const struct run_totals *totals);

#endif
