/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which tests and subtests are to run: -t, -a, -b, -d and -n.
 *
 * A test runs unless a deny pattern without a subtest part matches it, and if an allow pattern
 * matches its name or -n has its number, or if neither was given. A subtest runs unless a deny
 * pattern matches it, and if its test was selected as a whole or one of the selectors that
 * selected the test matches the subtest too.
 */
#ifndef RUNNER_SELECTION_SELECTION_H
#define RUNNER_SELECTION_SELECTION_H

#include <stdio.h>

#include "runner/selection/name_list.h"
#include "runner/selection/number_set.h"

struct selection {
	struct name_list allow, deny;
	struct number_set tests;    /* -n A */
	struct number_set subtests; /* -n A/B; empty: all of them */
	char *numbers_origin;       /* the argument of -n */
	bool numbers_matched;
};

/**
 * selection__set_numbers() - take the argument of -n, in place of an earlier one
 * @text: `A[/B]`: numbers of tests, and of subtests of these
 *
 * Return: 0, or a negative errno with a message in @error.
 */
int selection__set_numbers(struct selection *selection, const char *text, char *error,
			   size_t size_bytes);

/** selection__has_test() - whether a test is to run */
bool selection__has_test(const struct selection *selection, const char *name, int number);

/**
 * selection__has_subtest() - whether a subtest of a selected test is to run
 * @description: text that patterns are matched against beside @name, or NULL
 */
bool selection__has_subtest(const struct selection *selection, const char *test_name,
			    int test_number, const char *name, const char *description, int number);

/** selection__has_subtests_only() - whether a selected test is only for some subtests of it */
bool selection__has_subtests_only(const struct selection *selection, const char *name, int number);

/** selection__note_test() - remember which patterns matched a test of the list */
void selection__note_test(struct selection *selection, const char *name, int number);

/** selection__note_subtest() - remember which patterns matched a subtest that was met */
void selection__note_subtest(struct selection *selection, const char *test_name, int test_number,
			     const char *name, const char *description, int number);

/**
 * selection__note_elsewhere() - a selected test is part of another shard
 *
 * Which of its subtests there are will not be known here: no pattern for them is an error.
 */
void selection__note_elsewhere(struct selection *selection, const char *name, int number);

/** selection__note_test_has_run() - remember that all subtests of a test were met */
void selection__note_test_has_run(struct selection *selection, const char *name);

/**
 * selection__report_unmatched() - name the patterns that matched nothing
 * @tests_only: before the run, when subtests are not known yet, or afterwards the rest
 *
 * Allow patterns and numbers of the command line are errors; lines of files and deny patterns
 * are warnings, because lists are merged from several trees. A denied subtest of a test that was
 * not run to its end is no news.
 *
 * Return: how many errors were printed to @out.
 */
int selection__report_unmatched(const struct selection *selection, bool tests_only, FILE *out);

/** selection__free() - free everything in it */
void selection__free(struct selection *selection);

#endif
