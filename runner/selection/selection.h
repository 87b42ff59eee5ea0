/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Selects the tests and subtests to run: -t, -a, -b, -d and -n.
 *
 * A test runs if an allow pattern matches its name, or if -n has its number, or if there is neither
 * an allow pattern nor -n. A subtest of it runs if the selector that selected the test names no
 * subtests, or names this one. Deny patterns win: one without a subtest part denies the test, one
 * with a subtest part denies the subtest.
 */
#ifndef RUNNER_SELECTION_SELECTION_H
#define RUNNER_SELECTION_SELECTION_H

#include <stdio.h>

#include "runner/selection/name_list.h"
#include "runner/selection/number_set.h"

struct selection {
	struct name_list allow, deny;
	struct number_set tests;    /* the numbers A in -n A/B */
	struct number_set subtests; /* the numbers B in -n A/B; empty: all subtests */
	char *numbers_origin;       /* the argument of -n */
	/* Members that selection__note_*() sets, for selection__report_unmatched(). */
	bool numbers_matched;
	bool number_is_known; /* a test has one of the numbers in @tests */
	int highest_test;
	int highest_subtest; /* highest number of a subtest that the tests in @tests began, or 0 */
};

/**
 * selection__set_numbers() - read the argument of -n, which replaces an earlier one
 * @text: `A[/B]`, where A are numbers of tests, and B numbers of subtests of these tests
 *
 * Return: 0, or a negative errno with a message in @error.
 */
int selection__set_numbers(struct selection *selection, const char *text, char *error,
			   size_t size_bytes);

/** selection__has_test() - whether a test has to run */
bool selection__has_test(const struct selection *selection, const char *name, int number);

/**
 * selection__has_subtest() - whether a subtest of a selected test has to run
 * @description: a second text that a pattern may match, or NULL
 * @number: number of the subtest; 0: unknown
 */
bool selection__has_subtest(const struct selection *selection, const char *test_name,
			    int test_number, const char *name, const char *description, int number);

/**
 * selection__may_have_subtest() - whether a subtest with such a name may have to run
 * @pattern: pattern of names, with '*'
 *
 * Return: false if no selector matches a name that @pattern matches. A selector may still match the
 * description of a subtest with such a name.
 */
bool selection__may_have_subtest(const struct selection *selection, const char *test_name,
				 int test_number, const char *pattern);

/** selection__has_subtests_only() - whether the selectors of a selected test all name subtests */
bool selection__has_subtests_only(const struct selection *selection, const char *name, int number);

/** selection__note_test() - remember which patterns match a test of the list */
void selection__note_test(struct selection *selection, const char *name, int number);

/** selection__note_subtest() - remember which patterns match a subtest that was begun */
void selection__note_subtest(struct selection *selection, const char *test_name, int test_number,
			     const char *name, const char *description, int number);

/**
 * selection__note_elsewhere() - remember that another shard runs a selected test
 *
 * This run does not learn the subtests of that test, so a pattern for them is not an error here.
 */
void selection__note_elsewhere(struct selection *selection, const char *name, int number);

/** selection__note_test_has_run() - remember that a test has ended after all its subtests */
void selection__note_test_has_run(struct selection *selection, const char *name);

/**
 * selection__report_unmatched() - report the patterns that matched nothing
 * @tests_only: true before the run, when subtests are not known yet; false after the run, to report
 *	the patterns that remain
 *
 * Allow patterns and numbers of the command line are errors. Lines of files and deny patterns are
 * warnings, because people merge lists from several trees. A denied subtest is not reported if its
 * test did not run to the end.
 *
 * Return: the number of errors that were printed to @out.
 */
int selection__report_unmatched(const struct selection *selection, bool tests_only, FILE *out);

/** selection__free() - free the patterns and numbers */
void selection__free(struct selection *selection);

#endif
