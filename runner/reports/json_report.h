/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON report (-J) is the object of the kernel's runner with more fields. `results` has every
 * selected test, and each test has `failed` and `subtests`. docs/results.md has the schema.
 */
#ifndef RUNNER_REPORTS_JSON_REPORT_H
#define RUNNER_REPORTS_JSON_REPORT_H

#include <stdio.h>

#include "runner/result/totals.h"

struct audit;
struct run_info;
struct splats;
struct undecided;

/* The data that the report is made from. */
struct json_report {
	const struct tests *tests;
	const struct run_totals *totals;
	const struct run_info *info;
	const struct splats *splats;
	const struct audit *audit;
	const struct undecided *undecided;
	uint64_t start_ns; /* monotonic time when the run started */
};

/**
 * json_report__write() - write the report as one line
 *
 * Return: 0 or a negative errno.
 */
int json_report__write(const struct json_report *report, FILE *file);

#endif
