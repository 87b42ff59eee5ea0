/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of a report: its subtests, and its tests if they have a result of their own. */
#ifndef RUNNER_EVENT_REPORTS_CASES_H
#define RUNNER_EVENT_REPORTS_CASES_H

#include "runner/event_reports/report.h"

/* A result of its own: a subtest, or a test. */
struct report_case {
	const struct report_run *run;
	const struct report_test *test;
	const struct outcome *outcome; /* of the subtest, or of the test */
	bool is_subtest;
};

/* The numbers of cases with each result. */
struct case_totals {
	int passed, failed, skipped;
	int errors;      /* the failures that are no failed assertion: crashes, timeouts, panics */
	int interrupted; /* the run ended while they ran */
	int not_run;     /* number of tests that were selected and did not begin */
	int tests;       /* number of tests, with all their subtests counted as one */
	int64_t duration_us; /* sum of the durations of all tests */
};

/** cases__each() - call a function for each case of a column, test by test
 * @column: number of the column; -1: all columns, one after the other
 */
void cases__each(const struct report *report, int column,
		 void (*take)(void *context, const struct report_case *found), void *context);

/** cases__count() - count the cases of a column, or of all with -1 */
struct case_totals cases__count(const struct report *report, int column);

/** cases__has_own() - whether a test is a case beside its subtests, or has none */
bool cases__has_own(const struct report_test *test);

/** report_case__is_failure() - whether a case failed; one that was interrupted did not */
bool report_case__is_failure(const struct report_case *found);

/** report_case__is_interrupted() - whether the run ended while the case ran */
bool report_case__is_interrupted(const struct report_case *found);

/**
 * report_case__message() - one line that says why the case failed or was skipped
 *
 * Return: a string to be freed by the caller, without control characters; NULL if there is none.
 */
char *report_case__message(const struct report_case *found);

/**
 * report_case__place() - the source line of a failure
 * @line: set to the number of the line, or 0
 *
 * It is the line of the first failed assertion, or else, after a crash or a timeout, the first line
 * of the backtraces in the log that is in a file of the suite.
 *
 * Return: the path of the file, to be freed by the caller; NULL: not known.
 */
char *report_case__place(const struct report_case *found, int *line);

/**
 * report_case__command() - the command line that runs the case again
 *
 * In a guest of vmtest, it boots the same version of the kernel. Return: a string to be freed by
 * the caller; NULL when out of memory.
 */
char *report_case__command(const struct report_case *found);

/**
 * report_case__log() - the log of a case, printable
 *
 * Return: a string to be freed by the caller; NULL if the log is empty or out of memory.
 */
char *report_case__log(const struct report_case *found);

#endif
