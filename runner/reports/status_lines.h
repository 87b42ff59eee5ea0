/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people and programs read: status lines, logs, the summary, the JSON file. The grammar of
 * the lines is that of the kernel's runner; docs/compatibility.md has it.
 */
#ifndef RUNNER_REPORTS_STATUS_LINES_H
#define RUNNER_REPORTS_STATUS_LINES_H

#include "runner/run.h"

struct run_totals {
	int tests_passed, subtests_passed;
	int skipped; /* tests skipped outside of subtests, and skipped subtests */
	int not_built;
	int tests_failed, subtests_failed;
	int tests_not_run;
};

/** report__live_output() - show output as it comes, if one test at a time runs with -v */
void report__live_output(struct runner *runner, const char *text, size_t len_bytes);

/** report__live_subtest() - show a subtest's line at its end, in the same case */
void report__live_subtest(struct runner *runner, const struct test_outcome *test,
			  const struct outcome *subtest);

/**
 * report__settle_log() - free the log of what has ended, if nobody will see it
 *
 * What is kept is counted, and once a run has kept very much a later log becomes a note.
 */
void report__settle_log(struct runner *runner, struct outcome *outcome);

/** report__slow() - say on stderr that a test takes long */
void report__slow(struct runner *runner, struct test_outcome *test);

/**
 * report__test() - show a test that has ended: logs of what failed, the lines of its subtests,
 *	its own line
 *
 * Logs that nothing will need any more are freed.
 */
void report__test(struct runner *runner, struct test_outcome *test);

/** report__summary() - show the failures once more, and the summary line */
void report__summary(struct runner *runner, const struct run_totals *totals);

/** report__totals() - count the results */
void report__totals(const struct runner *runner, struct run_totals *totals);

struct json_object;

/** report_json__captures() - the files with packets of a test or subtest, as a JSON array */
struct json_object *report_json__captures(const struct outcome *outcome);

/**
 * report_json__write() - write the JSON report
 *
 * Return: 0 or a negative errno.
 */
int report_json__write(const struct runner *runner, const struct run_totals *totals, FILE *file);

#endif
