/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requirements of the selected tests, and whether they hold here. The runner looks them up
 * once, before the first test, except for probes of the tests themselves. Test processes inherit
 * the answers.
 */
#ifndef RUNNER_NEEDS_NEEDS_H
#define RUNNER_NEEDS_NEEDS_H

#include <stdio.h>

#include "runner/needs/kernel_facts.h"
#include "runner/needs/need_state.h"
#include "runner/needs/suite_needs.h"
#include "runner/selection/selection.h"
#include "test_needs.h"

struct need_answer {
	enum need_state state;
	char *text; /* why the thing is absent, and how to get it; NULL: it is there */
};

struct needs {
	struct kernel_facts facts;
	struct suite_needs suite;
	struct need_answer **answers; /* an array for each declaration; NULL: not looked up yet */
};

/**
 * needs__begin() - look up what all tests need, and nothing else
 * @parts: ISOLATE_* of all tests together, ~0U for any test
 *
 * Return: 0 or -ENOMEM.
 */
int needs__begin(struct needs *needs, const struct run_info *info, unsigned int parts);

/**
 * needs__look_up() - look up the needs that a test declares for itself and its subtests, except
 *	its own probes
 * @selection: the needs of subtests that it does not select by name are left out; NULL: all needs
 * @number: the test's number
 *
 * If such a subtest runs all the same, selected by its description, the test process looks up its
 * needs.
 */
void needs__look_up(struct needs *needs, const char *test, const struct selection *selection,
		    int number);

/**
 * needs__check() - whether a test or subtest can run
 * @names: the name of the subtest, and its description or NULL; if @names is NULL, the test itself
 *	is checked
 * @with_probes: also run the test's own probes; only the test process may set this
 * @text: set to the reasons if it cannot run
 *
 * Return: NEED_HOLDS, or the worst state of all that was declared.
 */
enum need_state needs__check(struct needs *needs, const char *test, const char *const names[2],
			     bool with_probes, char *text, size_t size_bytes);

/**
 * needs__judge() - look up one thing, by the rule of test_needs.h
 * @text: set to the reason if it is absent, otherwise empty
 */
enum need_state needs__judge(struct kernel_facts *facts, const struct test_need *need, char *text,
			     size_t size_bytes);

/** needs__are_declared() - whether a test declares what it needs, even if that is nothing */
bool needs__are_declared(const char *test);

/** needs__check_declarations() - check TEST_NEEDS of all tests; 0, or -EINVAL with a message */
int needs__check_declarations(char *error, size_t size_bytes);

/** needs__print() - print the requirements of a test and its subtests, for --list=long */
void needs__print(const char *test, FILE *out);

/** needs__explain() - print the requirements of a test, and which of them hold here, for --why */
void needs__explain(struct needs *needs, const char *test, FILE *out);

/** needs__end() - unload modules that were loaded for tests, and free everything */
void needs__end(struct needs *needs);

#endif
