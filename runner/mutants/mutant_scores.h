/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scores that tests are known to have. A line of the file is "TEST SCORE", the score in per cent
 * with one digit, or "TEST complete" for a test of which no mutant survives but those that are
 * explained.
 */
#ifndef RUNNER_MUTANTS_MUTANT_SCORES_H
#define RUNNER_MUTANTS_MUTANT_SCORES_H

#include "runner/mutants/mutant_list.h"

/**
 * mutant_scores__check() - compare the results with a file of scores, and say what is wrong
 * @is_whole: all mutants were tried; otherwise only tests that are complete are compared
 *
 * Return: the number of complaints; also 1 if the file cannot be read.
 */
int mutant_scores__check(const char *path, const struct mutant_list *list, bool is_whole);

#endif
